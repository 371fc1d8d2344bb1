"use strict";
/* Documents work without this file. It adds: progress file by file, and the keys of the review. */
(() => {
  const LARGEST = 64 * 1024 * 1024 - 65536;

  const send = document.getElementById("send");
  if (send) {
    const list = document.getElementById("outcomes");
    const said = document.getElementById("said");
    const words = send.dataset;

    const line = (file) => {
      const item = document.createElement("li");
      const name = document.createElement("strong");
      const text = document.createElement("span");
      const bar = document.createElement("progress");
      name.textContent = file.name;
      bar.max = 1;
      bar.setAttribute("aria-label", file.name);
      item.append(name, " ", text, " ", bar);
      list.append(item);
      return { item, name, text, bar };
    };

    const finish = (row, outcome) => {
      row.bar.remove();
      row.item.className = outcome.status;
      row.text.textContent = outcome.told;
      said.textContent = `${outcome.file}: ${outcome.told}`;
      if (outcome.href) {
        const link = document.createElement("a");
        link.href = outcome.href;
        link.textContent = outcome.file;
        row.name.replaceChildren(link);
      }
    };

    const failed = (row, file, told) => finish(row, { status: "failed", file: file.name, told, href: "" });

    const post = (file) =>
      new Promise((resolve) => {
        const row = line(file);
        if (file.size > LARGEST) {
          failed(row, file, words.large);
          resolve();
          return;
        }
        const body = new FormData();
        body.append("answer", "json");
        body.append("files", file);
        const request = new XMLHttpRequest();
        request.open("POST", send.action);
        request.setRequestHeader("Accept", "application/json");
        request.upload.addEventListener("progress", (event) => {
          if (!event.lengthComputable) return;
          row.bar.value = event.loaded / event.total;
          row.text.textContent = words.sending.replace("{percent}", Math.floor((100 * event.loaded) / event.total));
        });
        request.upload.addEventListener("load", () => {
          row.bar.removeAttribute("value");
          row.text.textContent = words.reading;
        });
        request.addEventListener("loadend", () => {
          try {
            const answer = JSON.parse(request.responseText);
            if (answer.outcomes) finish(row, answer.outcomes[0]);
            else failed(row, file, answer.error);
          } catch {
            failed(row, file, words.lost);
          }
          resolve();
        });
        request.send(body);
      });

    const renew = async () => {
      try {
        const answer = await fetch("/documents");
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById("held");
        if (fresh) document.getElementById("held").replaceWith(document.adoptNode(fresh));
      } catch {
        /* The list is as it was; the next look at the page shows it. */
      }
    };

    send.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = send.querySelector("button");
      const files = [...send.elements.files.files];
      button.disabled = true;
      for (const file of files) await post(file);
      button.disabled = false;
      send.reset();
      said.textContent = words.done;
      await renew();
    });
  }

  const review = document.getElementById("review");
  if (review) {
    const who = review.elements.by;
    const keys = document.getElementById("keys");
    try {
      if (who && !who.value) who.value = localStorage.getItem("coder") ?? "";
      keys.checked = localStorage.getItem("keys") !== "off";
    } catch {
      keys.checked = true;
    }
    document.getElementById("keys-line").hidden = false;
    keys.addEventListener("change", () => {
      try { localStorage.setItem("keys", keys.checked ? "on" : "off"); } catch { /* not kept */ }
    });
    const remember = () => {
      try { localStorage.setItem("coder", who.value.trim()); } catch { /* not kept */ }
    };
    review.addEventListener("submit", remember);
    const changed = () =>
      [...review.querySelectorAll("[data-was]")].some((field) => field.value !== field.dataset.was);
    const press = (name) => review.querySelector(`button[value=${name}]`)?.click();
    const follow = (name) => {
      if (who.value.trim()) remember();
      document.getElementById(name)?.click();
    };
    const acts = {
      a: () => press("accept"),
      c: () => (changed() ? press("correct") : review.querySelector("[data-was]")?.focus()),
      r: () => press("reject"),
      s: () => follow("skip"),
      p: () => follow("previous"),
    };
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
      if (event.key === "Escape" && typing) typing.blur();
      if (typing || !keys.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      const act = acts[event.key.toLowerCase()];
      if (act) {
        event.preventDefault();
        act();
      }
    });
  }
})();

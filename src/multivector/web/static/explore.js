"use strict";
/* Filters of long lists, and the progress of an import. The pages work without this file. */
(() => {
  for (const box of document.querySelectorAll("input[data-filter]")) {
    const list = document.getElementById(box.dataset.filter);
    if (!list) continue;
    const rows = [...list.querySelectorAll("tbody tr, [data-row]")];
    const told = box.parentElement.querySelector("output");
    box.parentElement.hidden = false;
    box.addEventListener("input", () => {
      const wanted = box.value.trim().toLocaleLowerCase(document.documentElement.lang);
      let left = 0;
      for (const row of rows) {
        const text = row.textContent.toLocaleLowerCase(document.documentElement.lang);
        row.hidden = wanted !== "" && !text.includes(wanted);
        if (!row.hidden) left += 1;
      }
      for (const group of list.querySelectorAll(".letter")) {
        group.hidden = group.querySelector("[data-row]:not([hidden])") === null;
      }
      told.textContent = wanted === "" ? "" : `${left} / ${rows.length}`;
    });
  }
  for (const several of document.querySelectorAll("fieldset.several")) {
    several.addEventListener("change", (event) => event.stopPropagation());
  }
  const waiting = document.querySelector("[data-job]");
  if (!waiting) return;
  const ask = async () => {
    let state = "";
    try {
      const answer = await fetch(waiting.dataset.job, { headers: { Accept: "application/json" } });
      const told = await answer.json();
      state = told.state ?? "";
      waiting.textContent = told.told ?? waiting.textContent;
    } catch {
      /* asked again below */
    }
    if (state === "working" || state === "") window.setTimeout(ask, 1000);
    else window.location.reload();
  };
  window.setTimeout(ask, 700);
})();

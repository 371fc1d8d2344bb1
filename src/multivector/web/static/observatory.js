"use strict";
/* Pages work without this file. It adds: choices that show at once, keys, and values under the pointer. */
(() => {
  for (const form of document.querySelectorAll("form.ask")) {
    form.addEventListener("change", (event) => {
      if (event.target.matches("select, input[type=checkbox], input[type=range]")) form.requestSubmit();
    });
    form.addEventListener("formdata", (event) => {
      for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
    });
  }
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      document.getElementById("q")?.focus();
    }
  });

  /* A chart is a picture until a pointer comes; then its marks say what they hold. */
  const tip = document.createElement("output");
  tip.className = "tip";
  tip.hidden = true;
  document.body.append(tip);
  const written = (value, unit) => {
    const forms = {
      share: { style: "percent", maximumFractionDigits: 1 },
      amount: { notation: "compact", maximumFractionDigits: 1 },
    };
    const shown = Intl.NumberFormat(document.documentElement.lang, forms[unit] ?? { maximumSignificantDigits: 3 });
    return shown.format(value).replace("-", "−") + (unit === "percent" ? "%" : "");
  };
  const ofLines = (svg, across) => {
    let year = null;
    const told = [];
    for (const path of svg.querySelectorAll("path[data-x]")) {
      const years = path.dataset.x.split(" ").map(Number);
      const box = path.getBoundingClientRect();
      const wanted = years[0] + ((across - box.left) / (box.width || 1)) * (years.at(-1) - years[0]);
      const at = years.reduce((best, x, i) => (Math.abs(x - wanted) < Math.abs(years[best] - wanted) ? i : best), 0);
      if (Math.abs(years[at] - wanted) > 1) continue;
      year ??= years[at];
      told.push(`${path.dataset.label}: ${written(Number(path.dataset.value.split(" ")[at]), svg.dataset.unit)}`);
    }
    return year === null ? "" : [Math.round(year), ...told].join("\n");
  };
  const enliven = async (image) => {
    image.dataset.asked = "yes";
    const answer = await fetch(image.currentSrc || image.src);
    if (!answer.ok) return;
    const parsed = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
    const svg = document.importNode(parsed.documentElement, true);
    for (const title of svg.querySelectorAll("title")) {
      title.parentElement.dataset.told = title.textContent;
      title.remove();
    }
    svg.addEventListener("pointermove", (event) => {
      const mark = event.target.closest("[data-told]:not([data-x*=' '])");
      tip.textContent = mark ? mark.dataset.told : ofLines(svg, event.clientX);
      tip.hidden = tip.textContent === "";
      tip.style.left = `${Math.max(8, Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8))}px`;
      tip.style.top = `${Math.max(8, event.clientY - tip.offsetHeight - 12)}px`;
    });
    svg.addEventListener("pointerleave", () => { tip.hidden = true; });
    image.closest("picture").replaceWith(svg);
  };
  document.addEventListener("pointerover", (event) => {
    const image = event.target.closest("figure picture img");
    if (image && !image.dataset.asked) enliven(image).catch(() => {});
  });
})();

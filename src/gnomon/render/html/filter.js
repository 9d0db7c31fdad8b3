"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const open = () => {
    const at = location.hash && byId(location.hash.slice(1));
    if (!at) return;
    for (let fold = at.closest("details") || at.querySelector(":scope > details"); fold;
      fold = fold.parentElement.closest("details")) fold.open = true;
    if (at.hidden) clear();
    at.scrollIntoView();
  };
  const bar = byId("filter");
  const search = byId("search");
  const findings = bar ? [...document.querySelectorAll("article.finding, table.rows tbody tr")] : [];
  const boxes = bar ? [...bar.querySelectorAll("input[type=checkbox]")] : [];
  const folds = findings.map((each) => each.querySelector(":scope > details")).filter(Boolean);
  const chunks = bar ? [...document.querySelectorAll(".chunk")] : [];
  let own = null;
  let texts = null;
  const show = () => {
    own ||= findings.map((each) => each.querySelector(".severity").className);
    texts ||= findings.map((each) => each.textContent.toLowerCase());
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const levels = new Set(boxes.filter((box) => box.checked).map((box) => `severity ${box.value}`));
    let count = 0;
    findings.forEach((each, at) => {
      const fits = levels.has(own[at]) && words.every((word) => texts[at].includes(word));
      if (each.hidden === fits) each.hidden = !fits;
      count += fits;
    });
    chunks.forEach((chunk) => { chunk.hidden = !chunk.querySelector("tbody tr:not([hidden])"); });
    byId("shown").textContent = count === findings.length ? "" : `${count} of ${findings.length} shown`;
  };
  const clear = () => {
    search.value = "";
    boxes.forEach((box) => { box.checked = true; });
    show();
  };
  if (bar) {
    const unfold = byId("unfold");
    let waiting = 0;
    const later = () => {
      clearTimeout(waiting);
      waiting = setTimeout(show, 80);
    };
    search.addEventListener("input", later);
    search.addEventListener("keydown", (event) => { if (event.key === "Escape") clear(); });
    boxes.forEach((box) => box.addEventListener("change", show));
    unfold.addEventListener("click", () => {
      const all = unfold.getAttribute("aria-expanded") === "true";
      folds.forEach((fold) => { fold.open = !all; });
      unfold.setAttribute("aria-expanded", String(!all));
      unfold.textContent = all ? "Unfold all" : "Fold all";
    });
    bar.hidden = false;
    show();
  }
  addEventListener("hashchange", open);
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((fold) => { fold.open = true; }));
  open();
})();

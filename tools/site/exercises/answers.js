// The three ways to answer. Each gives its part of the page, and `given()`: what is to be judged.
import { command, difference, element, words } from "./element.js";

/** The way that an exercise is answered; `changed` is called with what is given so far, to be kept. */
export function answering(exercise, former, changed) {
  return { places, choice, edit }[exercise.kind](exercise, former, changed);
}

function listing(file, toggled) {
  const lines = file.text.replace(/\n$/, "").split("\n").map((text, at) => {
    const place = `${file.name}:${at + 1}`;
    const mark = toggled
      ? element("button", {
          type: "button", "data-place": place, tabindex: at ? "-1" : "0",
          "aria-pressed": "false", "aria-label": `Line ${at + 1}: ${text.trim() || "empty"}`,
        }, String(at + 1))
      : element("span", { class: "number" }, String(at + 1));
    return element("div", { class: "line" }, mark, element("code", {}, text));
  });
  const body = element("div", { class: "listing", role: "group", "aria-label": `Lines of ${file.name}` }, lines);
  if (!toggled) body.setAttribute("tabindex", "0");
  else {
    body.addEventListener("click", ({ target }) => target.dataset.place && toggled(target.dataset.place));
    body.addEventListener("keydown", (event) => walk(body, event));
  }
  return element("section", { class: "file" }, element("h4", {}, file.name), body);
}

// One stop for Tab in each file; within it, arrows lead from line to line.
function walk(body, event) {
  const buttons = [...body.querySelectorAll("button")];
  const at = buttons.indexOf(event.target);
  const step = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (at < 0 || !buttons[step]) return;
  event.preventDefault();
  event.target.tabIndex = -1;
  buttons[step].tabIndex = 0;
  buttons[step].focus();
}

function places(exercise, former, changed) {
  const field = element("input", { id: "answer", autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
  field.value = typeof former === "string" ? former : "";
  const named = () => field.value.split(/[\s,]+/).filter(Boolean);
  const files = exercise.files.map((file) => listing(file, (place) => {
    const others = named().filter((each) => each !== place);
    field.value = (named().includes(place) ? others : [...others, place]).join(" ");
    shown();
  }));
  function shown() {
    for (const button of files.flatMap((file) => [...file.querySelectorAll("button")])) {
      button.setAttribute("aria-pressed", String(named().includes(button.dataset.place)));
    }
    changed(field.value);
  }
  field.addEventListener("input", shown);
  shown();
  const label = element("label", { for: "answer" }, "Lines that you have chosen");
  return {
    how: "Choose lines by their numbers (with the keyboard: arrows and Space), or type them below. "
      + "A line too many is no solution either.",
    files,
    controls: [element("p", { class: "field" }, label, field)],
    given: named,
    missing: "Choose a line first.",
  };
}

function choice(exercise, former, changed) {
  const chosen = new Set(Array.isArray(former) ? former : []);
  const options = exercise.options.map(({ key, text, difference: change }) => {
    const type = exercise.one_right ? "radio" : "checkbox";
    const onchange = () => changed(given());
    const box = element("input", { type, name: "option", value: key, checked: chosen.has(key), onchange });
    const label = element("label", {}, box, element("span", {}, element("strong", {}, `${key})`), " ", words(text)));
    return element("div", { class: "option" }, label, change ? difference(change, `What ${key} changes`) : "");
  });
  const boxes = () => options.map((option) => option.querySelector("input"));
  const given = () => boxes().filter((box) => box.checked).map((box) => box.value);
  return {
    how: exercise.one_right ? "Choose one." : "Choose all that are right.",
    files: exercise.files.map((file) => listing(file)),
    controls: [element("fieldset", {}, element("legend", {}, "Your choice"), options)],
    given,
    missing: "Choose something first.",
    note: "What the options do was tried out when this page was built; its lines begin with “check:”.",
  };
}

function edit(exercise, former, changed) {
  const kept = former && typeof former === "object" ? former : {};
  const fields = exercise.files.map((file) => {
    const rows = Math.min(file.text.split("\n").length + 1, 32);
    const area = element("textarea", {
      id: `file-${file.name}`, name: file.name, rows: String(rows), wrap: "off",
      spellcheck: "false", autocapitalize: "off", autocomplete: "off",
    });
    area.value = typeof kept[file.name] === "string" ? kept[file.name] : file.text;
    area.addEventListener("input", () => changed(given()));
    return area;
  });
  const given = () => Object.fromEntries(fields.map((area) => [area.name, area.value]));
  return {
    how: "Change the files here. Tab leaves a field; indent with blanks.",
    files: fields.map((area) => {
      const title = element("h4", {}, element("label", { for: area.id }, area.name));
      return element("section", { class: "file" }, title, area);
    }),
    controls: [],
    given,
    note: [
      "Here the scanner judges your change. What your code does is judged in the terminal, "
      + "with good messages and a stranger's: ",
      command(`gnomon learn check ${exercise.number}`),
    ],
  };
}

// The exercises of `gnomon learn` in this page. What is told comes from exercises.json; what is judged, by the worker.
import { answering } from "./answers.js";
import { command, element, prose, words } from "./element.js";
import { keep, kept } from "./kept.js";
import { Scanner } from "./scanner.js";

const STATES = { open: "begun", scanned: "scanned; the rest in the terminal", solved: "solved" };
const root = document.getElementById("exercises");
const { exercises, bytes } = await (await fetch(new URL("exercises.json", import.meta.url))).json();
const list = element("ol", { class: "exercises" });
const fetching = element("progress", { max: String(bytes), "aria-label": "The scanner, fetched so far" });
const told = element("span", { role: "status" });
const state = element("p", { class: "scanner", hidden: true }, told, " ", fetching);
const chosen = element("div", { class: "exercise" });
const scanner = new Scanner(tell);
let current = null;

function tell(what, detail) {
  state.hidden = what === "ready";
  fetching.hidden = what !== "fetching";
  if (what === "fetching") fetching.value = detail;
  const megabytes = (bytes / 1e6).toFixed(0);
  const text = {
    fetching: `The scanner is being fetched (${megabytes} MB, once).`,
    ready: "",
    ended: `The scanner was ended: ${detail}.`,
  }[what];
  if (told.textContent !== text) told.textContent = text;
}

function linked(exercise) {
  return element("a", { href: `#exercise-${exercise.number}` }, exercise.title);
}

function showList() {
  list.replaceChildren(...exercises.map((exercise) => {
    const said = STATES[kept(exercise.id).state] ?? `${exercise.minutes} min`;
    const link = linked(exercise);
    if (exercise === current) link.setAttribute("aria-current", "true");
    const how = element("span", { class: "state" }, said);
    return element("li", { class: kept(exercise.id).state || "new" }, link, " ", how);
  }));
}

function show(exercise) {
  const way = answering(exercise, kept(exercise.id).answer, (answer) => keep(exercise.id, { answer }));
  const verdict = element("div", { class: "verdict" });
  const hints = element("ol", { class: "hints" });
  const judge = element("button", { type: "submit", class: "md-button md-button--primary" }, "Judge");
  const button = (onclick, text) => element("button", { type: "button", class: "md-button", onclick }, text);
  const hint = button(() => showHints(exercise, hints, hint, 1), "Hint");
  const again = button(() => begin(exercise), "Start over");
  const form = element("form", {},
    element("h3", {}, "How to answer"), element("p", {}, way.how),
    way.note ? element("p", { class: "note" }, way.note) : "",
    way.files, way.controls, element("p", { class: "buttons" }, judge, hint, again));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    judged(exercise, way, verdict, judge);
  });
  const title = element("h2", { tabindex: "-1" }, `${exercise.number}. ${exercise.title}`);
  chosen.replaceChildren(title,
    element("p", { class: "goal" },
      "After this you can ", words(exercise.goal), `. About ${exercise.minutes} minutes.`),
    element("h3", {}, "What happened"), ...prose(exercise.story),
    element("h3", {}, "What to do"), ...prose(exercise.task),
    form, hints, element("div", { role: "status" }, verdict));
  showHints(exercise, hints, hint, 0);
  keep(exercise.id, { state: kept(exercise.id).state || "open" });
  current = exercise;
  showList();
  scanner.start();
  return title;
}

function showHints(exercise, hints, button, more) {
  const number = Math.min(kept(exercise.id).hints + more, exercise.hints.length);
  keep(exercise.id, { hints: number });
  hints.replaceChildren(...exercise.hints.slice(0, number).map((hint) => element("li", {}, words(hint))));
  const left = number < exercise.hints.length;
  button.textContent = left ? `Hint ${number + 1} of ${exercise.hints.length}` : "No more hints";
  button.disabled = !left;
}

function begin(exercise) {
  keep(exercise.id, { answer: null, hints: 0 });
  show(exercise).focus();
}

async function judged(exercise, way, verdict, button) {
  const answer = way.given();
  if (Array.isArray(answer) && !answer.length) {
    verdict.replaceChildren(element("p", {}, way.missing));
    return;
  }
  button.disabled = true;
  verdict.replaceChildren(element("p", {}, "Being judged…"));
  try {
    showVerdict(exercise, await scanner.judged(exercise.number, answer), verdict);
  } catch (error) {
    const why = `This could not be judged: ${error.message}. Try again, or in the terminal: `;
    verdict.replaceChildren(element("p", {}, why, command(`gnomon learn ${exercise.number}`)));
  }
  button.disabled = false;
}

function showVerdict(exercise, { state: reached, points }, verdict) {
  const lines = points.map(({ good, about, text, evidence }) => element("li", { class: good ? "good" : "bad" },
    element("strong", {}, good ? "yes" : "no"), " ", about ? [element("code", {}, about), " "] : "", words(text),
    evidence.map((line) => element("code", { class: "evidence" }, line))));
  verdict.replaceChildren(element("ul", { class: "points" }, lines), ...outcome(exercise, reached));
  const further = reached === "solved" || (reached === "scanned" && kept(exercise.id).state !== "solved");
  if (further) keep(exercise.id, { state: reached });
  showList();
}

function outcome(exercise, reached) {
  if (reached !== "solved" && reached !== "scanned") {
    const solved = kept(exercise.id).state === "solved";
    const refused = solved ? "Not this one. The exercise is solved already, and stays so." : "Not yet.";
    return [element("p", { class: "outcome" }, reached === "open" ? refused : "That is no answer yet.")];
  }
  const next = exercises.find(({ number }) => number > exercise.number);
  const rest = [
    "Scanned. Whether it still serves who was served, and refuses who is a stranger, is judged in the terminal: ",
    command(`gnomon learn check ${exercise.number}`),
  ];
  return [element("p", { class: "outcome good" }, reached === "solved" ? "Solved." : rest),
    element("h3", {}, "Why"), ...prose(exercise.explanation),
    next ? element("p", {}, "Go on with ", linked(next)) : ""];
}

function follow() {
  const exercise = exercises.find(({ number }) => location.hash === `#exercise-${number}`);
  if (exercise) show(exercise).focus();
}

showList();
root.replaceChildren(list, state, chosen);
window.addEventListener("hashchange", follow);
follow();

"""Answers to all exercises, right ones and those that tempt, and what the page's judge says of them."""

import json
import runpy
from pathlib import Path

from gnomon.core.lesson import Lesson, laid_over
from gnomon.io.lesson_findings import scanned
from gnomon.knowledge.lessons import load as lessons
from gnomon.knowledge.load import load
from gnomon.learn.places import targets

JUDGE = Path(__file__).parents[2] / "tools" / "site" / "exercises" / "judge.py"
LESSONS = lessons()
SEEN = {
    lesson.id: {option.key: {"holds": ["it was tried out"]} for option in lesson.options}
    for lesson in LESSONS
    if lesson.kind == "choice"
}
"""As if every option passed its check, so that the scanner decides."""
_judged = runpy.run_path(str(JUDGE))["judged"]


def judged(number: int, answer: list | dict, seen: dict | None = None) -> dict:
    """The judge's reply, here."""
    return json.loads(_judged(number, json.dumps(answer), json.dumps(SEEN if seen is None else seen)))


def said(reply: dict) -> str:
    """All words of a reply."""
    points = reply["points"]
    return " ".join(text for point in points for text in (_plain(point["text"]), *point["evidence"]))


def right_places(lesson: Lesson) -> list[str]:
    """What the scanner finds."""
    return [target.place for target in targets(lesson, scanned(laid_over(lesson.files, ()), load()))]


def files(lesson: Lesson, changed: tuple = ()) -> dict[str, str]:
    """What an editor would hold."""
    return {name: data.decode() for name, data in laid_over(lesson.files, changed).items()}


def answers() -> list[tuple[int, list | dict]]:
    """For every lesson: its solution, all that is known to be wrong, and what is no answer at all."""
    return [(lesson.number, answer) for lesson in LESSONS for answer in _of(lesson)]


def _of(lesson: Lesson) -> list:
    wrong = [answer.answer.split() for answer in lesson.wrong]
    match lesson.kind:
        case "places":
            return [right_places(lesson), *wrong, ["nowhere:1"], ["no place"]]
        case "choice":
            return [[option.key] for option in lesson.options] + wrong + [["z"]]
        case "edit":
            changes = [lesson.solution, *(edit.files for edit in lesson.wrong_edits)]
            return [files(lesson), *(files(lesson, changed) for changed in changes), {}]


def _plain(spans: list[dict]) -> str:
    return "".join(span["text"] for span in spans)

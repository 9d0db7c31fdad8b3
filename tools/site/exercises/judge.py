"""Judges answers in a browser's Python, by the code of `gnomon learn`; nothing of an answer is run.

What the options of an exercise do was seen when the site was built, and comes with it. What changed files do is for the
terminal to judge.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import Struct

from gnomon.core.lesson import Lesson, laid_over
from gnomon.io.lesson_findings import scanned
from gnomon.knowledge import lessons
from gnomon.knowledge.load import load
from gnomon.learn.judging import judged_answer, scanned_files
from gnomon.learn.verdict import Behave, Behaviour, NotAnAnswer, Scanned, Verdict
from gnomon.render.prose import Span, spans

KNOWLEDGE = load()
LESSONS = {lesson.number: lesson for lesson in lessons.load()}
Trials = dict[str, dict[str, Behaviour]]
"""Exercise -> key of an option -> what its check says of it."""


class Said(Struct, frozen=True, kw_only=True):
    """A point of a verdict."""

    good: bool
    about: str
    text: tuple[Span, ...]
    evidence: tuple[str, ...]


class Reply(Struct, frozen=True, kw_only=True):
    """What the page is told."""

    state: Literal["solved", "scanned", "open", "no answer"]
    """`scanned`: the scanner finds nothing above a note, and the rest is judged in the terminal."""
    counts: bool = True
    points: tuple[Said, ...]


def judged(number: int, given: str, seen: str) -> str:
    """The reply to an answer: JSON of a list of words, or of an object of files; `seen` is JSON of Trials."""
    lesson = LESSONS[number]
    answer = msgspec.json.decode(given, type=list[str] | dict[str, str])
    trials = msgspec.json.decode(seen, type=Trials)
    try:
        verdict = _verdict(lesson, answer, trials.get(lesson.id, {}))
    except NotAnAnswer as error:
        refusal = Said(good=False, about="", text=tuple(spans(str(error))), evidence=())
        return msgspec.json.encode(Reply(state="no answer", counts=False, points=(refusal,))).decode()
    points = tuple(
        Said(good=point.good, about=point.about, text=tuple(spans(point.text)), evidence=point.evidence)
        for point in verdict.points
    )
    return msgspec.json.encode(Reply(state=_state(lesson, verdict), counts=verdict.counts, points=points)).decode()


def _verdict(lesson: Lesson, answer: list[str] | dict[str, str], trials: Mapping[str, Behaviour]) -> Verdict:
    if isinstance(answer, dict):
        return scanned_files(lesson, {name: text.encode() for name, text in answer.items()}, _scan)
    return judged_answer(lesson, answer, _scan, _seen(lesson, trials))


def _scan(files: Mapping[str, bytes]) -> Scanned:
    return scanned(files, KNOWLEDGE)


def _seen(lesson: Lesson, trials: Mapping[str, Behaviour]) -> Behave:
    def behaviour(files: Mapping[str, bytes]) -> Behaviour:
        by_files = (key for key, changed in options if changed == files)
        return trials[next(by_files)]

    options = [(option.key, laid_over(lesson.files, option.files)) for option in lesson.options]
    return behaviour


def _state(lesson: Lesson, verdict: Verdict) -> Literal["solved", "scanned", "open"]:
    if verdict.solved:
        return "solved"
    return "scanned" if lesson.kind == "edit" and all(point.good for point in verdict.points) else "open"

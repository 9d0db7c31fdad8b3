"""Options that were chosen, held against those that the scanner calls clean and whose check passes."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from gnomon.core.lesson import Lesson, Option, laid_over
from gnomon.learn.findings import against, leaves_note, told
from gnomon.learn.verdict import Behave, NotAnAnswer, Point, Scan, Scanned, Verdict


class Held(Struct, frozen=True):
    """What was seen of one option."""

    right: bool
    evidence: tuple[str, ...] = ()


def judged(lesson: Lesson, words: Sequence[str], scan: Scan, behave: Behave) -> Verdict:
    """A point for each option that was chosen, and one if others are right too. Raises NotAnAnswer."""
    chosen = _chosen(lesson, words)
    points = list(_points(lesson, chosen, trials(lesson, scan, behave, chosen)))
    if all(point.good for point in points) and _is_missing_some(lesson, chosen, scan, behave):
        points.append(Point(good=False, text="That holds, but it is not all: something else is right too."))
    return Verdict(solved=all(point.good for point in points), points=tuple(points))


def trials(lesson: Lesson, scan: Scan, behave: Behave, keys: Sequence[str] = ()) -> dict[str, Held]:
    """Which options are right, by their keys; only of those keys, if some are given: each takes a second or two."""
    options = [option for option in lesson.options if option.key in keys or not keys]
    if lesson.has_given_right:
        return {option.key: Held(option.right) for option in options}
    return {option.key: _tried(lesson, option, scan, behave) for option in options}


def _is_missing_some(lesson: Lesson, chosen: Sequence[str], scan: Scan, behave: Behave) -> bool:
    others = [option.key for option in lesson.options if option.key not in chosen]
    return (
        bool(others)
        and not lesson.one_right
        and any(trial.right for trial in trials(lesson, scan, behave, others).values())
    )


def _tried(lesson: Lesson, option: Option, scan: Scan, behave: Behave) -> Held:
    files = laid_over(lesson.files, option.files)
    result = scan(files) if lesson.rules else Scanned()
    seen = list(_scanned(lesson, result)) if lesson.rules else []
    right = not seen
    if right and lesson.rules:
        seen.append("scan: no finding above a note" if leaves_note(lesson, result) else "scan: no finding")
    if lesson.check:
        behaviour = behave(files)
        right = right and behaviour.passed
        seen += [f"check: {line}" for line in behaviour.fails or behaviour.holds]
        seen += [f"check: {behaviour.broke}"] if behaviour.broke else []
    return Held(right, tuple(seen))


def _scanned(lesson: Lesson, result: Scanned) -> Iterator[str]:
    yield from told(against(lesson, result))
    yield from (f"scan: {entry.path}: {entry.reason}" for entry in result.skipped)


def _chosen(lesson: Lesson, words: Sequence[str]) -> list[str]:
    keys = [option.key for option in lesson.options]
    chosen = [key for word in words for key in word.lower().replace(",", " ").split()]
    for key in chosen:
        if key not in keys:
            raise NotAnAnswer(f"{key!r} is none of the options {', '.join(keys)}.")
    return sorted(set(chosen))


def _points(lesson: Lesson, chosen: Sequence[str], held: Mapping[str, Held]) -> Iterator[Point]:
    known = [wrong.because for wrong in lesson.wrong if wrong.answer.split() == list(chosen)]
    if known:
        yield Point(good=False, text=known[0], about=" ".join(chosen))
        return
    for option in lesson.options:
        if option.key in chosen:
            trial = held[option.key]
            yield Point(good=trial.right, about=option.key, text=option.because, evidence=trial.evidence)

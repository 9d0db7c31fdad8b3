"""An answer, judged: by the lines that the scanner finds, by the options that hold, or by the changed files."""

from collections.abc import Mapping, Sequence

from gnomon.core.lesson import Lesson, laid_over
from gnomon.learn import choices, edits, places
from gnomon.learn.verdict import Behave, Point, Scan, Verdict


def judged_answer(lesson: Lesson, words: Sequence[str], scan: Scan, behave: Behave) -> Verdict:
    """The verdict on what was typed, for lessons of kind places and choice. Raises NotAnAnswer."""
    if lesson.kind == "places":
        return places.judged(lesson, words, scan)
    return choices.judged(lesson, words, scan, behave)


def judged_files(lesson: Lesson, files: Mapping[str, bytes], scan: Scan, behave: Behave) -> Verdict:
    """The verdict on changed files, for lessons of kind edit."""
    return edits.judged(lesson, files, scan, behave)


def scanned_files(lesson: Lesson, files: Mapping[str, bytes], scan: Scan) -> Verdict:
    """The scanner's part of that verdict, for where no check can be run: nothing is solved by it."""
    return edits.judged(lesson, files, scan, None)


def right_points(lesson: Lesson, scan: Scan, behave: Behave) -> tuple[Point, ...]:
    """What answers the lesson: its places, or its options, as they are typed; nothing for one of kind edit."""
    if lesson.kind == "places":
        wanted = places.targets(lesson, scan(laid_over(lesson.files, ())))
        return tuple(
            Point(good=True, about=target.place, text=places.said(lesson, target.finding)) for target in wanted
        )
    if lesson.kind == "choice":
        held = choices.trials(lesson, scan, behave)
        return tuple(
            Point(good=True, about=option.key, text=option.text, evidence=held[option.key].evidence)
            for option in lesson.options
            if held[option.key].right
        )
    return ()

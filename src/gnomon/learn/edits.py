"""Changed files, held against what the scanner and the lesson's check say of them."""

import ast
from collections.abc import Iterator, Mapping

from gnomon.core.lesson import Lesson, laid_over
from gnomon.learn.findings import against, leaves_note, told
from gnomon.learn.verdict import Behave, Behaviour, Point, Scan, Scanned, Verdict


def judged(lesson: Lesson, files: Mapping[str, bytes], scan: Scan, behave: Behave | None) -> Verdict:
    """A point on what the scanner says, and one on what the check says; without a check nothing is solved."""
    given = laid_over(lesson.files, ())
    if gone := [name for name in given if name not in files]:
        names = ", ".join(gone)
        return Verdict(solved=False, counts=False, points=(Point(good=False, text=f"{names} is not there any more."),))
    if all(files[name] == data for name, data in given.items()) and len(files) == len(given):
        text = "The files are as they were given: nothing has been changed yet."
        return Verdict(solved=False, counts=False, points=(Point(good=False, text=text),))
    if broken := tuple(_broken(files)):
        return Verdict(solved=False, points=broken)
    result = scan(files)
    if result.skipped:
        return Verdict(solved=False, points=(_unread(result),))
    points = (*_scanned(lesson, result), *(_behaved(behave(files)) if behave else ()))
    return Verdict(solved=behave is not None and all(point.good for point in points), points=points)


def _broken(files: Mapping[str, bytes]) -> Iterator[Point]:
    """What is no Python, with its place: a slip of the pen rather than an answer, told before anything is run."""
    for name, data in files.items():
        try:
            ast.parse(data)
        except SyntaxError as error:
            yield Point(good=False, about=f"{name}:{error.lineno or 1}", text=f"This is not Python: {error.msg}.")
        except (ValueError, RecursionError, MemoryError):
            yield Point(good=False, about=name, text="This can't be read as Python.")


def _unread(result: Scanned) -> Point:
    return Point(
        good=False,
        text="Not everything can be analysed, so nothing can be said of the rest.",
        evidence=tuple(f"scan: {entry.path}: {entry.reason}" for entry in result.skipped),
    )


def _scanned(lesson: Lesson, result: Scanned) -> Iterator[Point]:
    found = against(lesson, result)
    if not found:
        what = "nothing above a note" if leaves_note(lesson, result) else "nothing any more"
        yield Point(good=True, text=f"The scanner finds {what}.")
        return
    yield Point(good=False, text="The scanner still finds the flaw.", evidence=tuple(told(found)))


def _behaved(behaviour: Behaviour) -> Iterator[Point]:
    for line in behaviour.holds:
        yield Point(good=True, text=line)
    for line in behaviour.fails:
        yield Point(good=False, text=line)
    if behaviour.broke:
        yield Point(good=False, text=behaviour.broke)
    elif not behaviour.passed and not behaviour.fails:
        yield Point(good=False, text="The check came to its end without a word; that is a mistake in the lesson.")

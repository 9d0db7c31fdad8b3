"""Lines that were named as an answer, held against those that the scanner finds."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from gnomon.core.finding import Finding
from gnomon.core.lesson import Lesson, Where, laid_over
from gnomon.core.site import CodeSite
from gnomon.learn.lines import described
from gnomon.learn.verdict import NotAnAnswer, Point, Scan, Scanned, Verdict

_PLACE = re.compile(r"(?:\./)?(?P<file>[\w.-]+):(?P<line>\d{1,6})(?::\d+)?,?")


class Target(Struct, frozen=True):
    """A place to be named, and what is found there."""

    finding: Finding
    sites: tuple[CodeSite, ...]
    """Any line of them will do."""

    @property
    def place(self) -> str:
        """As it is typed."""
        return f"{self.sites[0].path}:{self.sites[0].line}"

    def holds(self, file: str, line: int) -> bool:
        """True if the line belongs to the place."""
        return any(_on(site, file, line) for site in self.sites)


def judged(lesson: Lesson, words: Sequence[str], scan: Scan) -> Verdict:
    """A point for each line that was named, and one for those that are missing. Raises NotAnAnswer."""
    named = _named(lesson, words)
    result = scan(laid_over(lesson.files, ()))
    wanted = targets(lesson, result)
    met = {n for n, target in enumerate(wanted) for file, line in named if target.holds(file, line)}
    points = [_point(lesson, file, line, wanted, result) for file, line in named]
    if missing := len(wanted) - len(met):
        points.append(Point(good=False, text=_missing(missing, len(met))))
    return Verdict(solved=all(point.good for point in points), points=tuple(points))


def targets(lesson: Lesson, result: Scanned) -> tuple[Target, ...]:
    """The places that answer the lesson, in the order of the files; one for several findings on the same lines."""
    found: dict[tuple[CodeSite, ...], Target] = {}
    for finding in result.findings:
        if _counts(lesson, finding) and (sites := _sites(lesson, finding)):
            found.setdefault(sites, Target(finding, sites))
    return tuple(sorted(found.values(), key=lambda target: (target.sites[0].path, target.sites[0].line)))


def said(lesson: Lesson, finding: Finding) -> str:
    """What is found there, and, where the lesson asks for an address, what it says of the reach."""
    sentence = _sentence(finding.message)
    evidence = finding.endpoint.evidence if finding.endpoint else ()
    notes = [entry.note for entry in evidence if entry.claim == "reach"]
    return f"{sentence} Its reach: {notes[0]}." if notes and lesson.places.at == "address" else sentence


def _named(lesson: Lesson, words: Sequence[str]) -> list[tuple[str, int]]:
    lines = {file.name: file.text.count("\n") for file in lesson.files}
    found: dict[tuple[str, int], None] = {}
    for word in words:
        place = _PLACE.fullmatch(word)
        if place is None and word.isdecimal() and len(lines) == 1:
            place = _PLACE.fullmatch(f"{next(iter(lines))}:{word}")
        if place is None:
            example = f"{next(iter(lines))}:1"
            raise NotAnAnswer(f"{word!r} is not a line; a line is named by its file and number, such as {example}.")
        file, line = place["file"], int(place["line"])
        if file not in lines:
            raise NotAnAnswer(f"there is no file {file!r} in this exercise; there is {', '.join(lines)}.")
        if not 1 <= line <= lines[file]:
            raise NotAnAnswer(f"{file} has no line {line}: it has {lines[file]}.")
        found[file, line] = None
    return list(found)


def _counts(lesson: Lesson, finding: Finding) -> bool:
    return finding.rule in lesson.rules and _admits(lesson.places.where, finding)


def _admits(where: Where, finding: Finding) -> bool:
    reach = finding.endpoint.reach if finding.endpoint else "unknown"
    return (not where.reach or reach in where.reach) and (not where.severity or finding.severity in where.severity)


def _sites(lesson: Lesson, finding: Finding) -> tuple[CodeSite, ...]:
    if lesson.places.at == "load":
        return (finding.site,) if isinstance(finding.site, CodeSite) else ()
    evidence = finding.endpoint.evidence if finding.endpoint else ()
    sites = (entry.site for entry in evidence if entry.claim in ("role", "address", "reach") and entry.site)
    return tuple(dict.fromkeys(sites))


def _point(lesson: Lesson, file: str, line: int, wanted: Sequence[Target], result: Scanned) -> Point:
    about = f"{file}:{line}"
    for target in wanted:
        if target.holds(file, line):
            return Point(good=True, about=about, text=said(lesson, target.finding))
    known = [wrong.because for wrong in lesson.wrong if wrong.answer == about]
    text = known[0] if known else next(_reasons(lesson, file, line, wanted, result))
    return Point(good=False, about=about, text=text)


def _reasons(lesson: Lesson, file: str, line: int, wanted: Sequence[Target], result: Scanned) -> Iterator[str]:
    """What can be said of a line of which the lesson says nothing, the most telling first."""
    for finding in result.findings:
        if not _counts(lesson, finding) and any(_on(site, file, line) for site in _sites(lesson, finding)):
            yield f"{said(lesson, finding)} {_beside(lesson, finding)}"
    for finding in result.findings:
        if any(_on(step.site, file, line) for step in finding.flow) or _is_at(finding, file, line):
            yield _on_the_way(lesson, finding, file, line)
    for target in wanted:
        for entry in target.finding.endpoint.evidence if target.finding.endpoint else ():
            if entry.site and _on(entry.site, file, line):
                yield f"This line says who can reach the socket ({entry.note}). The task asks where bytes are loaded."
    text = next(each.text for each in lesson.files if each.name == file)
    yield described(text, line)


def _beside(lesson: Lesson, finding: Finding) -> str:
    """Why a finding is not among those that are asked for."""
    if finding.rule not in lesson.rules:
        return f"That is {finding.rule}, which the task does not ask for."
    reach = finding.endpoint.reach if finding.endpoint else "unknown"
    return f"Its reach is {reach} and its severity {finding.severity.value}, and the task asks for others."


def _on_the_way(lesson: Lesson, finding: Finding, file: str, line: int) -> str:
    notes = [step.note for step in finding.flow if _on(step.site, file, line)]
    seen = f"Bytes come through here: {notes[0]}." if notes else _sentence(finding.message)
    if lesson.places.at == "address":
        return f"{seen} The task asks for the line that gives the socket its address."
    return f"{seen} But this is not yet where they are loaded; follow them."


def _is_at(finding: Finding, file: str, line: int) -> bool:
    return isinstance(finding.site, CodeSite) and _on(finding.site, file, line)


def _missing(number: int, met: int) -> str:
    more = " more" if met else ""
    return f"One{more} place is missing." if number == 1 else f"{number}{more} places are missing."


def _on(site: CodeSite, file: str, line: int) -> bool:
    return site.path == file and site.span.line <= line <= site.span.end_line


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."

"""How bad it is, where, who can reach it, and what to do next: the first screen."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from gnomon.core.severity import Severity
from gnomon.render.html.bars import Bar, bars
from gnomon.render.html.beside import beside, worst_beside
from gnomon.render.html.contents import Contents, Section
from gnomon.render.html.elements import Child, Element, el
from gnomon.render.html.found import Found, found
from gnomon.render.html.sections.skipped import skipped_count
from gnomon.render.html.words import REACH, advisory, brief_place, named, said, severity, severity_class
from gnomon.render.page import counted

_PLACES, _ADVISORIES = 4, 4
_TYPEABLE = re.compile(r"[A-Za-z0-9._/:=@+-]{1,120}")
"""A target that means the same to a shell as to gnomon."""


def section(contents: Contents) -> Section:
    """Always there."""
    all_ = found(contents)
    skipped = skipped_count(contents)
    body = el(
        "div",
        None,
        el("p", {"class": "lead"}, *_lead(contents)),
        _incomplete(skipped) if skipped else None,
        _answers(contents, all_) if all_ else None,
    )
    return Section(id="summary", title="Summary", heading=_verdict(contents, all_, skipped), body=body)


def _verdict(contents: Contents, all_: Sequence[Found], skipped: int) -> str:
    """How bad it is, in one sentence, from what is evidenced."""
    serious = [each for each in all_ if each.finding.severity != Severity.NOTE]
    total = counted(len(serious), "finding")
    if not serious:
        nothing = f"Nothing worse than a note was found: {counted(len(all_), 'note')}" if all_ else "Nothing was found"
        told = worst_beside(contents)
        if contents.scans or contents.probes:
            nothing = f"{nothing}; {told}" if told else nothing
        else:
            nothing = f"{told[0].upper()}{told[1:]}" if told else "Nothing was looked at"
        return f"{nothing}, but not everything could be looked at." if skipped else f"{nothing}."
    if wide := sum(each.open_to_all for each in serious):
        return f"{_share(wide, len(serious))} can be reached from any host, without effective authentication."
    reaches = Counter(each.finding.endpoint.reach if each.finding.endpoint else "unknown" for each in serious)
    if reaches["configurable"]:
        return f"{_share(reaches['configurable'], len(serious))} can be reached from wherever a setting allows it."
    if reaches["unknown"]:
        return f"{_share(reaches['unknown'], len(serious))}: who can reach it is not known."
    if reaches["any-host"]:
        return f"{total}; what any host can reach is authenticated."
    return f"{total}, that only this host can reach."


def _share(part: int, whole: int) -> str:
    if part == whole:
        return "The one finding" if whole == 1 else f"All {whole:,} findings"
    return f"{part:,} of {whole:,} findings"


def _lead(contents: Contents) -> Iterator[Child]:
    """What was looked at, and what there is beside findings."""
    files = sum(scan.summary.files for scan in contents.scans)
    lines = sum(scan.summary.lines for scan in contents.scans)
    targets = len({scan.target for scan in contents.scans})
    inside = f" of {counted(targets, 'target')}" if targets > 1 else ""
    if contents.scans:
        yield f"{counted(files, 'file')} and {counted(lines, 'line')}{inside} looked at."
    for told in beside(contents):
        yield " "
        yield el("a", {"href": told.place}, f"{told.text[0].upper()}{told.text[1:]}")
        yield "."


def _incomplete(skipped: int) -> Element:
    link = el("a", {"href": "#skipped"}, f"{counted(skipped, 'part')} could not be looked at")
    return el("p", {"class": "notice"}, el("b", None, "Incomplete: "), link, ", and may have findings too.")


def _answers(contents: Contents, all_: Sequence[Found]) -> Element:
    several = len({of for each in all_ for of in each.targets}) > 1
    return el(
        "div",
        {"class": "answers"},
        _panel("How bad", bars(_by_severity(all_))),
        _panel("Who can reach it", bars(_by_reach(all_))),
        _panel("Where", *([bars(_by_target(all_))] if several else []), _places(all_)),
        _panel("What next", el("ol", {"class": "next"}, *(el("li", None, *step) for step in _next(contents, all_)))),
    )


def _panel(title: str, *children: Child) -> Element:
    return el("div", {"class": "panel"}, el("h3", None, title), *children)


def _by_severity(all_: Sequence[Found]) -> list[Bar]:
    counts = Counter(severity_class(each.finding.severity) for each in all_)
    firsts = {severity_class(each.finding.severity): each.id for each in reversed(all_)}
    return [
        Bar(severity(level), counts[level], level, href=f"#{firsts[level]}" if counts[level] else "")
        for level in (each.value for each in Severity)
    ]


def _by_reach(all_: Sequence[Found]) -> list[Bar]:
    counts: Counter[str] = Counter()
    proven: Counter[str] = Counter()
    for each in all_:
        endpoint = each.finding.endpoint
        reach = endpoint.reach if endpoint and endpoint.reach in REACH else "unknown"
        counts[reach] += 1
        proven[reach] += bool(endpoint and endpoint.effective)
    tones = {"any-host": "critical", "configurable": "high", "unknown": "high", "this-host": "medium", "process": "low"}
    return [
        Bar(el("span", None, words), counts[reach], tones[reach], note=_proven(proven[reach], meaning))
        for reach, (words, meaning) in REACH.items()
    ]


def _proven(count: int, meaning: str) -> str:
    return f"{meaning}; {count:,} authenticated" if count else meaning


def _by_target(all_: Sequence[Found]) -> list[Bar]:
    worst = {of: severity_class(each.finding.severity) for each in reversed(all_) for of in each.targets}
    counts = Counter(of for each in all_ for of in each.targets)
    return [Bar(el("span", None, named(of)), count, worst[of]) for of, count in counts.most_common(_PLACES)]


def _places(all_: Sequence[Found]) -> Element:
    """The files with the worst and the most."""
    counts = Counter((each.of, each.finding.path) for each in all_)
    first = {(each.of, each.finding.path): each for each in reversed(all_)}
    order = {each.id: number for number, each in enumerate(all_)}
    level = {severity.value: rank for rank, severity in enumerate(Severity)}
    ranked = sorted(
        counts,
        key=lambda key: (level.get(first[key].finding.severity, 9), -counts[key], order[first[key].id]),
    )
    items = (
        el(
            "li",
            None,
            el("a", {"href": f"#{first[key].id}"}, brief_place(key[1])),
            el("span", {"class": "count"}, f" {counts[key]:,}"),
        )
        for key in ranked[:_PLACES]
    )
    more = len(ranked) - _PLACES
    rest = el("li", {"class": "dim"}, f"and {counted(more, 'more file')}") if more > 0 else None
    return el("ul", {"class": "places"}, *items, rest)


def _next(contents: Contents, all_: Sequence[Found]) -> Iterator[list[Child]]:
    worst = all_[0]
    several = len({of for each in all_ for of in each.targets}) > 1
    where = el("a", {"href": f"#{worst.id}"}, brief_place(worst.finding.path, worst.finding.line))
    yield ["Begin with ", where, f" of {named(worst.of)}." if several else "."]
    remedies = Counter(_cure(each) for each in all_ if each.finding.remedy)
    if remedies:
        [(remedy, count)] = remedies.most_common(1)
        yield [*said(remedy, 600), el("span", {"class": "dim"}, f" ({counted(count, 'finding')})")]
    advisories = Counter(name for each in all_ for name in each.finding.advisories)
    if advisories:
        yield ["Read what is published of it: ", *_listed(advisories)]
    targets = [scan.target for scan in contents.scans if scan.findings]
    if targets:
        target = targets[0] if _TYPEABLE.fullmatch(targets[0]) and targets[0][0] != "-" else "TARGET"
        yield ["See the changes that remove it: ", el("code", None, f"gnomon fix {target}")]


def _cure(each: Found) -> str:
    """What its rule says, without how this one's fix is completed."""
    lacks = each.finding.incomplete
    return each.finding.remedy.removeprefix(f"{lacks.completion} ") if lacks else each.finding.remedy


def _listed(advisories: Counter[str]) -> Iterator[Child]:
    for number, (name, _) in enumerate(advisories.most_common(_ADVISORIES)):
        yield ", " if number else ""
        yield advisory(name)
    more = len(advisories) - _ADVISORIES
    yield f" and {more:,} more." if more > 0 else "."

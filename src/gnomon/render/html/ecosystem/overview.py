"""How much of the surveyed code is flawed today, who can reach it, and where to begin: the first screen."""

from collections import Counter
from collections.abc import Iterator

from gnomon.render.ecosystem_json import JsonEcosystem, JsonStanding
from gnomon.render.html.bars import Bar, bars
from gnomon.render.html.contents import Section
from gnomon.render.html.ecosystem.cells import standing, tone
from gnomon.render.html.elements import Child, Element, el
from gnomon.render.html.words import REACH, brief_place, short
from gnomon.render.page import counted
from gnomon.trace.ecosystem import STATES

_PLACES = 5
_TONES = {"flawed": "critical", "eased": "medium", "safe": "low", "unknown": "note"}
_GRADES = {"any-host": "critical", "configurable": "high", "unknown": "note", "this-host": "medium", "process": "low"}


def section(whole: JsonEcosystem) -> Section:
    """Always there."""
    total = whole.summary
    body = el(
        "div",
        None,
        el("p", {"class": "lead"}, " ".join(_lead(whole))),
        _failed(total.failed) if total.failed else None,
        el("div", {"class": "answers"}, *_panels(whole)),
    )
    return Section(id="summary", title="Summary", heading=_verdict(whole), body=body)


def _verdict(whole: JsonEcosystem) -> str:
    flawed, packages = whole.summary.flawed_packages, counted(whole.summary.packages, "package")
    if not flawed:
        return f"None of {packages} has flawed code in its newest release, as far as they were looked at."
    open_ = len({each.project for each in whole.standing if _is_open(each)})
    have = "has" if flawed == 1 else "have"
    told = f"{flawed:,} of {packages} {have} flawed code in the newest release looked at"
    return f"{told}; in {open_:,} of them any host can reach it." if open_ else f"{told}."


def _is_open(each: JsonStanding) -> bool:
    return each.exposure.reach == "any-host" and not each.exposure.effective


def _lead(whole: JsonEcosystem) -> Iterator[str]:
    total = whole.summary
    yield f"{counted(total.targets, 'target')} looked at."
    yield f"{counted(total.unsafe, 'place')} still unsafe, in {total.flawed_families:,} families of like code."
    yield (
        f"{counted(total.functions, 'function')} compared, {total.bodies:,} of which differ: "
        f"{counted(total.alike, 'pair')} alike, {counted(len(whole.passages), 'passage')} between projects."
    )


def _failed(number: int) -> Element:
    told = f"{counted(number, 'target')} could not be read: failures.parquet says why."
    return el("p", {"class": "notice"}, el("b", None, "Incomplete: "), told)


def _panels(whole: JsonEcosystem) -> Iterator[Element]:
    yield _panel("Packages, by their newest release", bars(list(_by_state(whole))))
    if not whole.standing:
        return
    yield _panel("Who can reach what is still unsafe", bars(list(_by_reach(whole))))
    yield _panel("Where to begin", el("ul", {"class": "places"}, *_worst(whole)))
    if spread := [each for each in whole.standing if each.spread]:
        spread.sort(key=lambda each: -each.spread)
        yield _panel("Taken from here most", el("ul", {"class": "places"}, *map(_taken, spread[:_PLACES])))


def _panel(title: str, *children: Child) -> Element:
    return el("div", {"class": "panel"}, el("h3", None, title), *children)


def _by_state(whole: JsonEcosystem) -> Iterator[Bar]:
    counts = Counter(each.state for each in whole.packages)
    for name in STATES:
        if counts[name]:
            yield Bar(standing(name), counts[name], _TONES[tone(name)], href="#packages")


def _by_reach(whole: JsonEcosystem) -> Iterator[Bar]:
    counts = Counter(each.exposure.reach for each in whole.standing if not each.exposure.effective)
    for name, (said, meaning) in REACH.items():
        if counts[name]:
            yield Bar(el("span", None, said), counts[name], _GRADES[name], note=meaning, href="#standing")
    held = sum(each.exposure.effective for each in whole.standing)
    if held:
        yield Bar(el("span", None, "authenticated"), held, "note", note="whoever sends is known", href="#standing")


def _worst(whole: JsonEcosystem) -> Iterator[Element]:
    for each in whole.standing[:_PLACES]:
        where = f"{short(each.project, 60)} {short(each.release, 30)}"
        yield el("li", None, el("span", None, where, " ", brief_place(each.path, each.line)))


def _taken(each: JsonStanding) -> Element:
    name = el("span", None, short(each.project, 60), " ", el("code", None, short(each.qualname, 60)))
    return el("li", None, name, el("span", {"class": "count"}, counted(each.spread, "project")))

"""The state of each package: a row each, the worst first; those that never were flawed folded."""

from collections.abc import Iterator, Sequence

from gnomon.render.ecosystem_json import JsonEcosystem, JsonFlawed, JsonPackageHistory
from gnomon.render.html.contents import Section
from gnomon.render.html.ecosystem.cells import exposure, folded, standing
from gnomon.render.html.elements import Child, Element, el
from gnomon.render.html.words import advisory, short
from gnomon.render.page import counted

_HEAD = ("State", "Package", "Releases", "Worst that can be reached", "Known as", "Lineage")
_FIRST, _MOST = 50, 2_000
_ADVISORIES, _NAMES = 4, 4
_NEVER = ("clear", "not-read")


def section(whole: JsonEcosystem) -> Section | None:
    """The table; None if there are no packages."""
    if not whole.packages:
        return None
    flawed = [each for each in whole.packages if each.state not in _NEVER]
    never = [each for each in whole.packages if each.state in _NEVER]
    body: list[Child] = folded(_HEAD, [_row(each) for each in flawed], _FIRST, _MOST, "package") if flawed else []
    if never:
        heading = f"{counted(len(never), 'package')} in which no flawed code was seen, or that could not be read"
        table = folded(_HEAD, [_row(each) for each in never], _MOST, _MOST, "package")
        body.append(el("details", None, el("summary", None, heading), *table))
    count = f"{whole.summary.flawed_packages:,} of {len(whole.packages):,}"
    return Section(id="packages", title="Packages", count=count, body=el("div", None, *body))


def _row(each: JsonPackageHistory) -> Element:
    return el(
        "tr",
        None,
        el("td", None, standing(each.state), _places(each)),
        el("th", {"scope": "row"}, el("b", None, short(each.name, 80)), el("small", None, ", ".join(_looked(each)))),
        el("td", None, *_flawed(each)),
        exposure(each.exposure) if each.flawed or each.state == "authenticated" else el("td", None, "nothing"),
        el("td", None, *_advisories(each.advisories)),
        el("td", None, *_lineage(each)),
    )


def _places(each: JsonPackageHistory) -> Element | None:
    return el("small", None, counted(each.unsafe, "place")) if each.unsafe else None


def _looked(each: JsonPackageHistory) -> Iterator[str]:
    yield f"{counted(each.releases, 'release')} looked at"
    if each.newest:
        yield f"newest {short(each.newest, 40)}{f' of {each.newest_date}' if each.newest_date else ''}"
    if each.incomplete:
        yield f"{each.incomplete:,} not as a whole"
    if each.failed:
        yield f"{each.failed:,} not read"


def _flawed(each: JsonPackageHistory) -> Iterator[Child]:
    if each.first_flawed is None or each.last_flawed is None:
        yield "none"
        return
    ends = list(dict.fromkeys((_release(each.first_flawed), _release(each.last_flawed))))
    yield f"{each.flawed:,} of {each.releases:,} flawed"
    yield el("small", None, " to ".join(ends))


def _release(flawed: JsonFlawed) -> str:
    return short(flawed.label, 40)


def _advisories(names: Sequence[str]) -> Iterator[Child]:
    for number, name in enumerate(names[:_ADVISORIES]):
        yield ", " if number else ""
        yield advisory(name)
    if len(names) > _ADVISORIES:
        yield el("small", None, f"and {len(names) - _ADVISORIES:,} more")


def _lineage(each: JsonPackageHistory) -> Iterator[Child]:
    for said, names in (("from", each.took_from), ("to", each.gave_to)):
        if names:
            more = f" and {len(names) - _NAMES:,} more" if len(names) > _NAMES else ""
            yield el("small", None, f"{said} {', '.join(short(name, 60) for name in names[:_NAMES])}{more}")

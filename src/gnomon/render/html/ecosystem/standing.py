"""What is still unsafe in the newest releases, ranked: who can reach it, for how long, and who took it from there."""

from collections.abc import Iterator

from gnomon.render.ecosystem_json import JsonEcosystem, JsonStanding
from gnomon.render.html.contents import Section
from gnomon.render.html.ecosystem.cells import exposure, folded, standing
from gnomon.render.html.elements import Child, Element, el
from gnomon.render.html.words import brief_place, said, short
from gnomon.render.page import counted

_HEAD = ("Reach", "Code", "Releases", "Lineage", "Why")
_FIRST, _MOST = 50, 650
_REASON = 120


def section(whole: JsonEcosystem) -> Section | None:
    """The ranked list; None if nothing is unsafe."""
    if not whole.standing:
        return None
    intro = (
        "By who can reach it, then by what authenticates them, by its state, by how many projects took it from "
        "there, and by how many releases have it. What nobody can tell is called unknown."
    )
    rows = [_row(each) for each in whole.standing[:_MOST]]
    rows += [el("tr", None)] * (len(whole.standing) - len(rows))
    body = el("div", None, el("p", {"class": "lead"}, intro), *folded(_HEAD, rows, _FIRST, _MOST, "place"))
    return Section(
        id="standing", title="Still unsafe", heading="Still unsafe, ranked", count=f"{len(whole.standing):,}", body=body
    )


def _row(each: JsonStanding) -> Element:
    return el(
        "tr",
        None,
        exposure(each.exposure),
        el(
            "th",
            {"scope": "row"},
            el("b", None, short(f"{each.project} {each.release}", 100)),
            el("small", None, el("code", None, short(each.qualname, 120))),
            el("small", None, brief_place(each.path, each.line)),
        ),
        el(
            "td",
            None,
            f"since {short(each.since, 40)}",
            el("small", None, f"{counted(each.releases, 'release')} flawed"),
        ),
        el("td", None, *_lineage(each)),
        el("td", None, standing(each.state), el("small", None, *said(each.reason, _REASON))),
    )


def _lineage(each: JsonStanding) -> Iterator[Child]:
    if each.source:
        yield el("small", None, f"from {short(each.source, 80)}, confidence {each.confidence}")
    if each.spread:
        yield el("small", None, f"to {counted(each.spread, 'project')}")
    if not each.source and not each.spread:
        yield el("small", None, "nobody that is known")

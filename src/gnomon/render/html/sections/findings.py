"""Each finding, the worst first: as a card with its evidence, and beyond a number of them as a row of a table."""

from collections import Counter
from collections.abc import Iterator, Sequence

from gnomon.core.severity import Severity
from gnomon.render.html.card import also, card
from gnomon.render.html.contents import Contents, Section
from gnomon.render.html.elements import Element, el, written
from gnomon.render.html.found import Found, found
from gnomon.render.html.words import REACH, named, said, severity_class, short
from gnomon.render.page import counted

_SEVERITY = "The worst first. Severity follows who can reach the endpoint, and what authenticates it before the load."
_CARDS = 150
_CHUNK = 200  # rows of a table
_ROOM = 500_000
"""Characters that cards may take together: what is beyond them is a row, whatever text the targets have."""


def section(contents: Contents) -> Section | None:
    """None if nothing was scanned or probed."""
    if not contents.scans and not contents.probes:
        return None
    all_ = found(contents)
    targets = {of for each in all_ for of in each.targets}
    cards = list(_cards(all_, contents.explained, several=len(targets) > 1))
    rest = all_[len(cards) :]
    body = el(
        "div",
        None,
        el("p", {"class": "lead"}, _SEVERITY) if all_ else None,
        _filter(all_) if len(all_) > 1 else None,
        el("p", None, "Nothing was found.") if not all_ else None,
        *cards,
        _rest(rest, len(all_), several=len(targets) > 1) if rest else None,
    )
    return Section(id="findings", title="Findings", count=f"{len(all_):,}", body=body)


def _cards(all_: Sequence[Found], explained: frozenset[str], *, several: bool) -> Iterator[Element]:
    """The worst ones in full, as many as there is room for; the first one is unfolded."""
    room = _ROOM
    for number, each in enumerate(all_[:_CARDS]):
        made = card(each, explained, several=several, is_open=not number)
        room -= len(written(made))
        if room < 0:
            return
        yield made


def _filter(all_: Sequence[Found]) -> Element:
    """What the script brings to life, and is hidden without one."""
    counts = Counter(severity_class(each.finding.severity) for each in all_)
    boxes = [_box(severity.value, counts[severity.value]) for severity in Severity if counts[severity.value]]
    return el(
        "div",
        {"class": "filter", "id": "filter", "role": "search", "aria-label": "Filter the findings", "hidden": ""},
        el(
            "label",
            {"class": "search"},
            el("span", {"class": "unseen"}, "Search the findings"),
            el("input", {"type": "search", "id": "search", "placeholder": "Search path, code, address"}),
        ),
        el("fieldset", None, el("legend", {"class": "unseen"}, "Severities"), *boxes),
        el("button", {"type": "button", "id": "unfold", "aria-expanded": "false"}, "Unfold all"),
        el("output", {"id": "shown", "class": "dim", "for": "search", "aria-live": "polite"}),
    )


def _box(name: str, count: int) -> Element:
    return el(
        "label",
        None,
        el("input", {"type": "checkbox", "value": name, "checked": ""}),
        el("span", {"class": f"severity {name}"}, name),
        el("span", {"class": "dim"}, f" {count:,}"),
    )


def _rest(rest: Sequence[Found], total: int, *, several: bool) -> Element:
    """The milder ones in a line each."""
    shown = total - len(rest)
    chunks = [rest[begin : begin + _CHUNK] for begin in range(0, len(rest), _CHUNK)]
    return el(
        "div",
        {"class": "rest"},
        el("h3", {"id": "rest"}, f"{counted(len(rest), 'more finding')}"),
        el(
            "p",
            None,
            f"The {shown:,} worst are told in full above, these in a line each, without their flow. ",
            *said("`gnomon scan … --format json` has all of it; `--min-severity`, `--rule` or a narrower target make "),
            "a page of fewer.",
        ),
        *(_table(chunk, several=several) for chunk in chunks),
    )


def _table(rows: Sequence[Found], *, several: bool) -> Element:
    """Some of them: a browser lays out only those tables that are near to what it shows."""
    headings = ("severity", "place", *(("target",) if several else ()), "reach", "authentication", "rule")
    return el(
        "div",
        {"class": "chunk"},
        el(
            "table",
            {"class": "rows several" if several else "rows", "aria-labelledby": "rest"},
            el("thead", None, el("tr", None, *(el("th", {"scope": "col"}, name) for name in headings))),
            el("tbody", None, *(_row(each, several=several) for each in rows)),
        ),
    )


def _row(found: Found, *, several: bool) -> Element:
    finding, endpoint = found.finding, found.finding.endpoint
    reach = REACH.get(endpoint.reach, (short(endpoint.reach),))[0] if endpoint else "unknown"
    proof = endpoint.authentication if endpoint else "unknown"
    if endpoint and proof != "none":
        proof = f"{proof}, {'' if endpoint.effective else 'not '}effective"
    level = severity_class(finding.severity)
    where = f"{finding.path}:{finding.line}" if finding.line else finding.path
    return el(
        "tr",
        {"id": found.id},
        el("td", {"class": f"severity {level}"}, short(finding.severity, 20)),
        el("td", {"class": "at"}, short(where, 200)),
        el("td", None, named(found.of), el("small", None, also(found)) if found.also else None) if several else None,
        el("td", None, reach),
        el("td", None, short(proof, 60)),
        el("td", None, short(finding.rule, 60)),
    )

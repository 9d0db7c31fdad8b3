"""What could not be looked at, what was suppressed or hidden, and what else to know about the runs."""

from collections.abc import Iterator, Sequence

from gnomon.render.html.card import rule
from gnomon.render.html.contents import Contents, Section
from gnomon.render.html.elements import Child, Element, el
from gnomon.render.html.words import named, place, said, severity, short
from gnomon.render.page import counted

_ROWS = 1_000
"""Of each table; the rest is counted."""


def section(contents: Contents) -> Section:
    """Always there: that nothing was skipped is worth a line."""
    skipped = list(_skipped(contents))
    parts = [
        None if skipped else el("p", None, "Nothing was skipped: all that was named could be looked at."),
        _table("unseen", "Not looked at", ("where", "what", "why"), skipped),
        _table("suppressed", "Suppressed", ("severity", "place", "rule", "why", "by"), list(_suppressed(contents))),
        _table("excluded", "Left out by rule or configuration", ("where", "what"), list(_excluded(contents))),
        _list("hidden", "Hidden", list(_hidden(contents))),
        _list("remarks", "Remarks", list(_remarks(contents))),
    ]
    count = f"{len(skipped):,}" if skipped else ""
    return Section(id="skipped", title="What is not shown", count=count, body=el("div", None, *parts))


def skipped_count(contents: Contents) -> int:
    """How many things could not be looked at."""
    return sum(1 for _ in _skipped(contents))


_Row = tuple[Child | None, ...]


def _skipped(contents: Contents) -> Iterator[_Row]:
    for entry in contents.unread:
        yield ("this page", place(entry.path, None), el("span", None, *said(entry.reason)))
    for document in contents.answers:
        for entry in document.skipped:
            yield (named(document.target), place(entry.path, None), el("span", None, *said(entry.reason)))
    for audit in contents.audits:
        for missed in audit.skipped:
            yield (named(audit.target), place(missed.path, None), el("span", None, *said(missed.reason)))
    for traced in (target for trace in contents.traces for target in trace.targets):
        for left in traced.skipped:
            yield (named(traced.target), place(left.path, None), el("span", None, *said(left.reason)))


def _suppressed(contents: Contents) -> Iterator[_Row]:
    explained = contents.explained
    for scan in contents.scans:
        for entry in scan.suppressed:
            finding = entry.finding
            yield (
                severity(finding.severity),
                place(finding.path, finding.line),
                rule(finding.rule, explained),
                el("span", None, *said(entry.reason)),
                el("span", {"class": "whole"}, short(entry.by, 20)),
            )


def _excluded(contents: Contents) -> Iterator[_Row]:
    for scan in contents.scans:
        for name in scan.summary.excluded:
            yield (named(scan.target), place(name, None))
    for traced in (target for trace in contents.traces for target in trace.targets):
        for name in traced.excluded:
            yield (named(traced.target), place(name, None))


def _hidden(contents: Contents) -> Iterator[list[Child]]:
    for scan in contents.scans:
        if scan.summary.hidden:
            count = counted(scan.summary.hidden, "finding")
            why = "below the chosen thresholds, or of rules that were not asked for; `gnomon scan --all` shows them."
            yield [f"{named(scan.target)}: {count} ", *said(why)]
        if scan.summary.gone:
            yield [
                f"{named(scan.target)}: {counted(scan.summary.gone, 'finding')} of the baseline gone: write it anew."
            ]
        if scan.summary.base:
            gone = f", since when {counted(scan.summary.removed, 'finding')} went" if scan.summary.removed else ""
            yield [f"{named(scan.target)}: compared with commit {short(scan.summary.base, 12)}{gone}."]


def _remarks(contents: Contents) -> Iterator[list[Child]]:
    told = list(contents.remarks)
    told += [remark for document in contents.answers for remark in document.remarks]
    for remark in told:
        at = place(remark.path, remark.line)
        yield _remark(at, remark.note)
    for note in (remark for audit in contents.audits for remark in audit.remarks):
        at = place(note.path, None)
        yield _remark(at, note.note)


def _remark(at: Element | None, note: str) -> list[Child]:
    return [at, ": ", *said(note, 800)] if at else said(note, 800)


def _table(id_: str, title: str, headings: Sequence[str], rows: Sequence[_Row]) -> Element | None:
    """None without a row."""
    if not rows:
        return None
    cells = (el("tr", None, *(el("td", None, cell) for cell in row)) for row in rows[:_ROWS])
    return el(
        "div",
        {"class": "block"},
        el("h3", {"id": f"{id_}-t"}, title, _number(len(rows))),
        el(
            "table",
            {"aria-labelledby": f"{id_}-t"},
            el("thead", None, el("tr", None, *(el("th", {"scope": "col"}, name) for name in headings))),
            el("tbody", None, *cells),
        ),
        _left_out(len(rows) - _ROWS),
    )


def _list(id_: str, title: str, items: Sequence[Sequence[Child]]) -> Element | None:
    if not items:
        return None
    shown = (el("li", None, *item) for item in items[:_ROWS])
    heading = el("h3", {"id": f"{id_}-t"}, title, _number(len(items)))
    return el("div", {"class": "block"}, heading, el("ul", None, *shown), _left_out(len(items) - _ROWS))


def _number(count: int) -> Element:
    return el("span", {"class": "count"}, f" {count:,}")


def _left_out(count: int) -> Element | None:
    return (
        el("p", None, f"and {count:,} more; ", el("code", None, "--format json"), " lists all.") if count > 0 else None
    )

"""What made the page, and what exactly was looked at."""

from collections.abc import Iterator

from gnomon.render.html.contents import Contents, Section
from gnomon.render.html.elements import Element, el
from gnomon.render.html.words import code, short
from gnomon.render.page import counted

_Row = tuple[str, str, str, str, str]
"""The verb, the target, what it is by digest, how much was looked at, and by what."""


def section(contents: Contents) -> Section:
    """Always there."""
    rows = list(_rows(contents))
    headings = ("asked", "target", "looked at", "by")
    by = f"gnomon {contents.tool_version}" if contents.tool_version else "gnomon"
    made = el("p", None, f"This page was made by {by}", *_when(contents), ".")
    table = el(
        "table",
        {"aria-labelledby": "versions-title"},
        el("thead", None, el("tr", None, *(el("th", {"scope": "col"}, name) for name in headings))),
        el("tbody", None, *map(_row, rows)),
    )
    body = el("div", None, made, table if rows else None)
    return Section(id="versions", title="Versions", body=body)


def _when(contents: Contents) -> Iterator[str | Element]:
    if contents.made:
        yield " at "
        yield el("time", {"datetime": f"{contents.made}Z"}, f"{contents.made.replace('T', ' ')} UTC")


def _row(row: _Row) -> Element:
    verb, target, digest, looked, by = row
    return el(
        "tr",
        None,
        el("td", None, el("code", None, verb)),
        el("td", None, code(target), el("div", {"class": "digest"}, short(digest)) if digest else None),
        el("td", None, looked),
        el("td", None, short(by)),
    )


def _rows(contents: Contents) -> Iterator[_Row]:
    for scan in contents.scans:
        looked = f"{counted(scan.summary.files, 'file')}, {counted(scan.summary.lines, 'line')}"
        by = f"gnomon {scan.tool.version}, knowledge {scan.tool.knowledge}"
        yield ("scan", scan.target, scan.summary.digest or "", looked, by)
    for trace in contents.traces:
        by = f"gnomon {trace.tool.version}, {counted(trace.signatures.count, 'signature')} {trace.signatures.version}"
        for target in trace.targets:
            looked = f"{counted(target.summary.files, 'file')}, {counted(target.summary.functions, 'function')}"
            yield ("trace", target.target, target.digest or "", looked, by)
    for audit in contents.audits:
        looked = f"{counted(audit.summary.packages, 'package')}, {counted(audit.summary.files, 'file')}"
        yield ("audit", audit.target, audit.summary.digest or "", looked, f"gnomon {audit.tool.version}")
    for probe in contents.probes:
        looked = f"{counted(probe.summary.asked, 'place')} asked, {probe.summary.began}"
        yield ("probe", probe.target, "", looked, f"gnomon {probe.tool.version}, knowledge {probe.tool.knowledge}")
    for guard in contents.guards:
        yield ("guard", guard.file, "", counted(sum(event.count for event in guard.events), "event"), "")

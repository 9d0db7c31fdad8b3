"""A report, an endpoint, what a fix lacks, what is not shown: each in a line of plain text, for want of room."""

from collections import Counter
from collections.abc import Iterator

from gnomon.core.endpoint import Endpoint
from gnomon.core.finding import Report
from gnomon.core.incomplete import Incomplete
from gnomon.core.severity import Severity
from gnomon.render.page import counted
from gnomon.render.place import from_folder

REMARKS = 20


def verdict(report: Report) -> str:
    """`1 critical, 2 notes, incomplete (3 skipped)`, or `nothing found`."""
    return ", ".join(_parts(report))


def _parts(report: Report) -> Iterator[str]:
    counts = Counter(finding.severity for finding in report.findings)
    for severity in Severity:
        if counts[severity]:
            yield counted(counts[severity], "note") if severity is Severity.NOTE else f"{counts[severity]:,} {severity}"
    if not report.findings:
        yield "nothing found"
    if report.skipped:
        yield f"incomplete ({len(report.skipped):,} skipped)"


def known(report: Report, show_hidden: str) -> Iterator[str]:
    """One sentence each on the findings that are not shown, and why; then the remarks, the first REMARKS of them."""
    for reason, count in sorted(Counter(entry.reason for entry in report.suppressed).items()):
        yield f"{counted(count, 'finding')} suppressed: {reason}; `--format json` lists them."
    yield from gone_and_hidden(report, show_hidden)
    for remark in report.remarks[:REMARKS]:
        place = f"{remark.path}:{remark.line}" if remark.line else remark.path
        yield f"{place}: {remark.note}" if place else remark.note
    if len(report.remarks) > REMARKS:
        yield f"{counted(len(report.remarks) - REMARKS, 'more remark')}; `--format json` lists them."


def gone_and_hidden(report: Report, show_hidden: str) -> Iterator[str]:
    """One sentence on what the baseline has and the target no more, and one on what the thresholds hide."""
    if report.gone:
        yield f"{counted(report.gone, 'finding')} of the baseline gone: write it anew."
    if report.hidden:
        yield f"{counted(report.hidden, 'finding')} hidden{f'; to see them, {show_hidden}' if show_hidden else ''}."


def channel(endpoint: Endpoint) -> str:
    """`bind tcp://*:5557, reach any-host, no authentication`; untrusted text."""
    role = "" if endpoint.role == "unknown" else f"{endpoint.role} "
    return f"{role}{endpoint.address or 'unknown address'}, reach {endpoint.reach}, {_proof(endpoint)}"


def _proof(endpoint: Endpoint) -> str:
    if endpoint.authentication == "none":
        return "no authentication"
    return f"authentication {endpoint.authentication}{', effective' if endpoint.effective else ', not effective'}"


def told(report: Report, incomplete: Incomplete, folder: str) -> str:
    """What a fix lacks and where; untrusted text."""
    site = incomplete.site
    return f"{incomplete.what}{f' ({from_folder(report, site.path, folder)}:{site.line})' if site else ''}"

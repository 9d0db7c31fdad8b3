"""Every tool by one measure: which labelled calls it reports, and how much of what it reports is harmless."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from bench.accuracy.labels import HARMLESS, Case
from bench.accuracy.score import NEAR
from bench.markdown import share, table

HEAD = ("tool", "ZeroMQ", "other network", "off-host", "noise", "reported lines", "tells who and auth")


class Report(Struct, frozen=True, kw_only=True):
    """A line a tool reports."""

    path: str
    line: int
    alarm: bool = True
    """False for a note: the tool reports the call and says itself that nothing needs doing."""


class Column(Struct, frozen=True, kw_only=True):
    """How one tool did on all labels."""

    name: str
    found: tuple[str, ...]
    """Ids of the labels at whose line it reports something."""
    reports: int
    """Reported lines in the labelled releases."""
    labelled_reports: int
    """Those of them at a labelled line."""
    harmless_reports: int
    """Alarms at a line labelled not-network, safe or authenticated."""
    endpoint_right: int = 0
    """Calls it should report for which it tells reach and authentication rightly."""


def column(name: str, answers: Iterable[tuple[Sequence[Case], Sequence[Report]]]) -> Column:
    """One tool's reports on each release's labels, counted."""
    found: list[str] = []
    reports = labelled = harmless = 0
    for cases, lines in answers:
        hits = {case.id: hit for case in cases if (hit := _hit(case, lines)) is not None}
        found += hits
        reports += len(lines)
        labelled += len(set(hits.values()))
        harmless += len({hits[case.id] for case in cases if case.verdict in HARMLESS and _alarmed(case, hits)})
    return Column(name=name, found=tuple(found), reports=reports, labelled_reports=labelled, harmless_reports=harmless)


def comparison(cases: Iterable[Case], columns: Iterable[Column]) -> str:
    """One row a tool: recall per group, noise, and for how many calls it tells endpoint and authentication rightly."""
    recall = [case for case in cases if case.counts_for_recall]
    groups = tuple(groups_of(recall).values())
    rows = (
        (
            one.name,
            *(share(len(group & set(one.found)), len(group)) for group in groups),
            share(one.harmless_reports, one.labelled_reports),
            one.reports,
            share(one.endpoint_right, len(recall)) if one.endpoint_right else "no",
        )
        for one in columns
    )
    return table(HEAD, rows)


def groups_of(recall: Iterable[Case]) -> Mapping[str, set[str]]:
    """Ids of the calls a scanner should report: those behind ZeroMQ, behind anything else, and open to other hosts."""
    known = tuple(recall)
    zeromq = {case.id for case in known if case.source in ("zmq-recv", "zmq-recv_pyobj")}
    return {
        "ZeroMQ": zeromq,
        "other network": {case.id for case in known} - zeromq,
        "off-host": {case.id for case in known if case.verdict == "vulnerable-network"},
    }


def _alarmed(case: Case, hits: Mapping[str, Report]) -> bool:
    return case.id in hits and hits[case.id].alarm


def _hit(case: Case, reports: Sequence[Report]) -> Report | None:
    here = [one for one in reports if one.path == case.path and case.line is not None]
    near = [(abs(one.line - case.line), one.line, one) for one in here if abs(one.line - case.line) <= NEAR]
    return min(near, key=lambda pair: pair[:2])[2] if near else None

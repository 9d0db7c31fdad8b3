"""One run's answers in, Markdown out: scores, their breakdown, and each miss and false alarm by name."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from bench.accuracy.labels import READ
from bench.accuracy.results import Accuracy
from bench.accuracy.score import Said, Scored
from bench.machine import described
from bench.markdown import printable, share, table

HEAD = ("", "cases", "sink found", "source linked", "reach and authentication right", "reach", "authentication")


def report(run: Accuracy) -> str:
    """The whole report of one run."""
    recall = [case for case in run.cases if case.counts_for_recall]
    parts = [
        f"{run.tool}; {described(run.machine)}.",
        scores(run),
        "By verdict:\n\n" + by(recall, lambda case: [case.verdict]),
        "By source:\n\n" + by(recall, lambda case: [case.source]),
        "By shape (a call can have several):\n\n" + by(recall, lambda case: case.shapes),
        "Not found, not linked or not right:\n\n" + bullets(misses(recall)),
        "False alarms (critical or high on a harmless or authenticated call):\n\n" + bullets(false_alarms(run.cases)),
        "Said to be reachable from another host, but labelled otherwise:\n\n" + bullets(overclaims(run.cases)),
        "Not scored:\n\n" + bullets(f"{one.name} ({one.labels} labels): {one.reason}" for one in run.not_scored),
        releases(run),
    ]
    return "\n\n".join(parts)


def scores(run: Accuracy) -> str:
    """The headline table: recall on two denominators, then precision."""
    recall = [case for case in run.cases if case.counts_for_recall]
    read = [case for case in run.cases if case.basis in READ]
    harmless = [case for case in run.cases if case.verdict in ("not-network", "safe", "authenticated")]
    claimed = [case for case in run.cases if case.claimed_off_host]
    recall_rows = (_row("read, with a sink to find", recall), _row("read, all (strict)", read))
    precision_rows = (
        (
            "high or critical on not-network, safe or authenticated",
            share(sum(case.false_alarm for case in harmless), len(harmless)),
        ),
        (
            "off-host claims (critical or high) that are labelled so",
            share(sum(case.off_host for case in claimed), len(claimed)),
        ),
    )
    return table(HEAD, recall_rows) + "\n\n" + table(("precision", "count"), precision_rows)


def by(cases: Iterable[Scored], keys: Callable[[Scored], Iterable[str]]) -> str:
    """The scores per key, largest group first."""
    groups: defaultdict[str, list[Scored]] = defaultdict(list)
    for case in cases:
        for key in keys(case):
            groups[key].append(case)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return table(HEAD, (_row(name, members) for name, members in ordered))


def misses(cases: Iterable[Scored]) -> Iterator[str]:
    """Each case that is not fully right, with what the tool said instead."""
    for case in cases:
        wrong = [
            name
            for name, right in (
                ("sink", case.found),
                ("source", case.linked),
                ("reach", case.reach_right),
                ("authentication", case.auth_right),
            )
            if not right
        ]
        if wrong:
            label = f"label: {case.sink} from {case.source}, {case.bind}, auth {case.auth}, {case.verdict}"
            yield f"{_name(case)}: {', '.join(wrong)} ({label}; said: {_answer(case.said)})"


def false_alarms(cases: Iterable[Scored]) -> Iterator[str]:
    """Each serious finding on a call that is harmless or authenticated."""
    for case in cases:
        if case.false_alarm:
            yield f"{_name(case)}: labelled {case.verdict} ({case.sink} from {case.source}; said: {_answer(case.said)})"


def overclaims(cases: Iterable[Scored]) -> Iterator[str]:
    """Each call said to be reachable from another host that is not."""
    for case in cases:
        if case.claimed_off_host and not case.off_host:
            yield f"{_name(case)}: labelled {case.verdict}, {case.bind} (said: {_answer(case.said)})"


def bullets(lines: Iterable[str]) -> str:
    """A list, or "none"."""
    return "\n".join(f"- {printable(line)}" for line in lines) or "none"


def releases(run: Accuracy) -> str:
    """What a user sees per release without options."""
    head = ("release", "lines", "findings", "critical or high", "of them unlabelled", "skipped files", "seconds")
    rows = (
        (
            f"{one.package} {one.version}",
            one.lines,
            one.findings,
            one.serious,
            one.unlabelled_serious,
            one.skipped,
            one.seconds,
        )
        for one in sorted(run.releases, key=lambda one: -one.lines)
    )
    return table(head, rows)


def _row(name: str, cases: Sequence[Scored]) -> tuple[str, ...]:
    counts = (
        sum(case.found for case in cases),
        sum(case.linked for case in cases),
        sum(case.endpoint_right for case in cases),
        sum(case.reach_right for case in cases),
        sum(case.auth_right for case in cases),
    )
    return name, str(len(cases)), *(share(count, len(cases)) for count in counts)


def _name(case: Scored) -> str:
    return f"`{case.package} {case.version}` {case.path}:{case.line}"


def _answer(said: Said | None) -> str:
    if said is None:
        return "nothing"
    endpoint = f"{said.role} {said.reach} {said.address!r}" if said.reach else "no endpoint"
    effective = "effective" if said.effective else "not effective"
    auth = f", authentication {said.authentication} {effective}" if said.reach else ""
    return f"{said.rule} {said.severity}/{said.confidence} at line {said.line}, source {said.source}, {endpoint}{auth}"

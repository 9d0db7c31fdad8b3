"""The answer of one probe: ask the places that were named, or this host's own sockets, and judge what they did."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import groupby

from msgspec import Struct

from gnomon import __version__
from gnomon.core.errors import NothingToScan
from gnomon.core.finding import Finding, Remark, Report, Skipped
from gnomon.core.model import Knowledge
from gnomon.core.select import urgency
from gnomon.io.hosts import addressed
from gnomon.io.journal import Journal
from gnomon.io.prober import Pace, observe
from gnomon.probe.observation import IpcPlace, Observation, Place, TcpPlace
from gnomon.probe.owner import Listener
from gnomon.probe.targets import Addressed, Named, count, places
from gnomon.probe.verdict import RULE, Join, Row, Verdict, finding, row
from gnomon.render.page import counted

SHOWN: frozenset[Verdict] = frozenset({"open", "unclear", "denied", "protected", "unasked", "failed"})
_OLD = "its libzmq is older than 4.3.3, where any connection can cost messages; to ask all the same, name its port"


class Tally:
    """What was seen so far; all that is kept of places that nobody wants to see is their number."""

    def __init__(self, *, everything: bool) -> None:
        self._everything = everything
        self.rows: list[Row] = []
        self.counts: Counter[Verdict] = Counter()
        self.expected = 0
        self.unreachable: dict[str, str] = {}
        """Host -> why, of those named one by one."""
        self.answered: set[str] = set()
        """Hosts that did something: what else is unreachable there is a packet filter's doing."""

    def add(self, row: Row) -> None:
        """Takes a row."""
        self.counts[row.verdict] += 1
        if self._everything or row.verdict in SHOWN:
            self.rows.append(row)
        if row.verdict == "unreachable" and "/" not in row.host:
            self.unreachable.setdefault(row.host, row.detail)
        elif row.verdict not in ("filtered", "unreachable", "failed", "unasked"):
            self.answered.add(row.host)

    @property
    def words(self) -> str:
        """How far it is, for people."""
        done = self.counts.total()
        return f"asked {done:,} of {self.expected:,} places, {self.counts['open']:,} open"


class Probed(Struct, frozen=True, kw_only=True):
    """The answer, before anybody writes it."""

    report: Report
    rows: tuple[Row, ...]
    counts: dict[Verdict, int]


def resolved(targets: Iterable[Named]) -> tuple[list[Addressed], list[Skipped]]:
    """The targets with their addresses, and those without. Raises TargetError."""
    found = list(addressed(targets))
    return (
        [each for each in found if isinstance(each, Addressed)],
        [each for each in found if isinstance(each, Skipped)],
    )


def probe_named(targets: Sequence[Addressed], pace: Pace, tally: Tally, resume: tuple[str, str] | None) -> None:
    """Asks every place; `resume` is the journal's file and the question it belongs to. Raises GnomonError."""
    tally.expected = count(targets)
    with ExitStack() as stack:
        journal = stack.enter_context(Journal(*resume)) if resume else None
        done = journal.done if journal else {}
        for seen in done.values():
            tally.add(row(seen))
        for seen in observe((place for place in places(targets) if place not in done), pace):
            if journal:
                journal.add(seen)
            tally.add(row(seen))


def probe_local(pace: Pace, tally: Tally) -> tuple[Remark, ...]:
    """Asks this host's listening sockets; remarks on what was not seen. Raises TargetError."""
    from gnomon.io.procfs import listeners

    seen = listeners()
    tally.expected = len(seen.found)
    left_alone: list[Listener] = []
    to_ask: dict[Place, Listener] = {}
    for listener in seen.found:
        if reason := _why_not(listener):
            tally.add(row(Observation(place=listener.place, state="unasked", detail=reason), listener))
        elif _is_worth_asking(listener):
            to_ask.setdefault(listener.place, listener)
        else:
            left_alone.append(listener)
    if not to_ask and not tally.rows:
        raise NothingToScan(
            "nothing listens on this host, as far as this user sees.", remedy="sudo gnomon probe --local"
        )
    for observation in _asked(to_ask, pace):
        tally.add(row(observation, to_ask[observation.place]))
    return tuple(_unseen(seen.hidden, left_alone))


def _why_not(listener: Listener) -> str:
    owner, place = listener.owner, listener.place
    if owner is None:
        return ""
    if owner.namespace and isinstance(place, IpcPlace) and place.path.startswith("@") and owner.speaks_zeromq:
        return "an abstract name in another network namespace"
    return _OLD if owner.loses_messages else ""


def _is_worth_asking(listener: Listener) -> bool:
    """A unix socket only if libzmq is loaded: connecting to others can start services, and they are many."""
    owner = listener.owner
    if owner is not None and owner.pid == 1 and owner.name == "systemd":  # it would start the service behind
        return False
    return isinstance(listener.place, TcpPlace) or (owner is not None and owner.speaks_zeromq)


def _asked(to_ask: dict[Place, Listener], pace: Pace) -> Iterator[Observation]:
    from gnomon.io.namespaces import observe_within

    def namespace(place: Place) -> str:
        return place.namespace if isinstance(place, TcpPlace) else ""

    for name, group in groupby(sorted(to_ask, key=namespace), namespace):
        inside = list(group)
        owner = next((owner for place in inside if (owner := to_ask[place].owner)), None)
        if not name:
            yield from observe(inside, pace)
        elif owner is None:
            detail = "in another network namespace, and its process is not seen"
            yield from (Observation(place=place, state="unasked", detail=detail) for place in inside)
        else:
            yield from observe_within(owner.pid, inside, pace)


def _unseen(hidden: int, left_alone: Sequence[Listener]) -> Iterator[Remark]:
    if hidden:
        yield Remark(
            note=f"of {counted(hidden, 'program')} of other users it is not seen which sockets they have, what they "
            "run, and what listens in network namespaces of their own; sudo gnomon probe --local sees it"
        )
    nobody = sum(isinstance(listener.place, IpcPlace) and listener.owner is None for listener in left_alone)
    if nobody:
        yield Remark(note=f"{counted(nobody, 'unix socket')} of processes that are not seen, not asked")
    if others := len(left_alone) - nobody:
        yield Remark(
            note=f"{counted(others, 'socket')} of systemd, or unix ones of processes without libzmq, not asked"
        )


def judged(
    target: str, tally: Tally, known: Knowledge, join: Join, skipped: Sequence[Skipped], remarks: Sequence[Remark]
) -> Probed:
    """The findings and everything that belongs to them; `join` says what else is known of a socket's owner."""
    [rule] = [rule for rule in known.rules if rule.id == RULE]
    rows = sorted(tally.rows, key=_place)
    found = (finding(each, rule, join(each)) for each in rows)
    findings = sorted((each for each in found if each is not None), key=urgency)
    failed = [Skipped(path=each.endpoint, reason=each.detail) for each in rows if each.verdict in ("failed", "unasked")]
    away = [
        Skipped(path=host, reason=f"there is no way to it: {why}")
        for host, why in tally.unreachable.items()
        if host not in tally.answered
    ]
    report = Report(
        target=target,
        findings=tuple(findings),
        skipped=(*skipped, *failed, *away),
        remarks=(*remarks, *_doubts(tally, findings)),
        tool_version=__version__,
        knowledge_version=known.version,
    )
    return Probed(report=report, rows=tuple(rows), counts=dict(tally.counts))


def _place(row: Row) -> tuple[str, int, str]:
    return row.host, row.port or 0, row.endpoint


def _doubts(tally: Tally, findings: Sequence[Finding]) -> Iterator[Remark]:
    if not findings and tally.counts["filtered"] and tally.counts["filtered"] == tally.counts.total():
        yield Remark(note="nothing answered: there is no such host, or a packet filter is in between")

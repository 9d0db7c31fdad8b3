"""Both ends of the channels that the bytes of findings come through: who dumps, sends, receives and loads."""

import ast
import sys
from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec.structs import replace

from gnomon.core.channel import Channel, Dump, End, Load
from gnomon.core.endpoint import Role, Transport
from gnomon.core.finding import Finding
from gnomon.core.model import Knowledge
from gnomon.core.shape import Either, Shape, Unknown, unknowns
from gnomon.core.site import CodeSite
from gnomon.core.tree import Tree
from gnomon.python.project import Project
from gnomon.scan.candidates import candidates
from gnomon.scan.catalog import Catalog
from gnomon.scan.detect import RECURSION_LIMIT
from gnomon.scan.dumps import Dumps, Sent
from gnomon.scan.evaluate import Evaluator
from gnomon.scan.forwarding import Forwarding, Forwardings, reached
from gnomon.scan.groups import Groups
from gnomon.scan.identity import naming
from gnomon.scan.loads import Arrival, Loads
from gnomon.scan.meeting import Meeting, Meetings, Places, Surety
from gnomon.scan.readings import joined
from gnomon.scan.sockets import Identity, Socket, Sockets, is_asyncio
from gnomon.scan.supplied import Supplied
from gnomon.scan.used import Used
from gnomon.scan.values import Instance

_TWO_PROGRAMS = frozenset({"grpc", "http", "rpc", "socket", "websocket"})
"""Kinds of channels whose ends are different code, as a rule; the others have one class for both."""
_DOES: dict[Role, str] = {"bind": "binds", "connect": "connects", "unknown": "is at"}
_TRANSPORTS: dict[str, Transport] = {"tcp": "tcp", "ipc": "ipc", "inproc": "inproc", "udp": "udp"}


def channels(
    tree: Tree,
    knowledge: Knowledge,
    findings: Iterable[Finding],
    project: Project | None = None,
    *,
    holdings: bool = False,
) -> tuple[Channel, ...]:
    """The channels of the findings, one for all that has to change together; loads that share none have one each.

    `findings` are those of `gnomon.scan.detect.findings` on the same tree, all of them: what one of them sends another
    one may load. Findings whose bytes do not come from a network are passed over. `holdings` asks what objects of
    classes without declared fields hold, too: it takes a third more time, and an exact list alone needs it.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
    with naming():
        evaluator = Evaluator(project or Project(tree.files), Catalog(knowledge))
        return tuple(Ends(evaluator, holdings=holdings).of(findings))


class Ends:
    """Joins loads, dumps and sockets of one project into channels."""

    def __init__(self, evaluator: Evaluator, *, holdings: bool = False) -> None:
        self.evaluator = evaluator
        self.loads = Loads(evaluator, candidates(evaluator.project, evaluator.catalog))
        self.dumps = Dumps(evaluator, inside=holdings)
        self.used = Used(self.dumps.shapes)
        self.places = Places(evaluator)

    def of(self, findings: Iterable[Finding]) -> Iterator[Channel]:
        """The channels, those of ZeroMQ sockets first."""
        arrivals = list(self.loads.of([finding for finding in findings if finding.flow]))
        over_zmq = [arrival for arrival in arrivals if arrival.sockets]
        if over_zmq:
            sockets = Sockets(self.evaluator, [arrival.site.scope.path for arrival in over_zmq])
            yield from self._over_sockets(over_zmq, sockets)
        yield from self._without_sockets([arrival for arrival in arrivals if not arrival.sockets])

    def _without_sockets(self, arrivals: list[Arrival]) -> Iterator[Channel]:
        """Channels without addresses to compare: what is dumped beside the loads can be their other side.

        Where two programs speak, what one of them dumps is what the other one loads: those of a folder go together.
        """
        sides = [(arrival, *self.dumps.beside(arrival)) for arrival in arrivals]
        groups: Groups[object] = Groups()
        for arrival, dumps, _ in sides:
            for dump in dumps:
                groups.join(arrival.node, dump.node)
            if dumps and arrival.kind in _TWO_PROGRAMS:
                groups.join(arrival.node, (arrival.kind, arrival.site.scope.path.rpartition("/")[0]))
        together: dict[int, list[tuple[Arrival, list[Sent], str]]] = {}
        for side in sides:
            together.setdefault(id(groups.of(side[0].node)), []).append(side)
        for members in together.values():
            theirs = {dump.node: dump for _, dumps, _ in members for dump in dumps}
            whys = tuple(dict.fromkeys(why for _, _, why in members))
            yield self._likely([arrival for arrival, _, _ in members], list(theirs.values()), whys)

    def _likely(self, arrivals: list[Arrival], dumps: list[Sent], whys: tuple[str, ...]) -> Channel:
        told = [self.dumps.described(dump) for dump in dumps]
        return Channel(
            kind=arrivals[0].kind,
            loads=self._loads(arrivals, told),
            dumps=tuple(self._supplied(dump, arrivals) for dump in told),
            paired="inferred" if dumps else "no",
            because=whys if dumps else (),
            missing=() if dumps else whys,
        )

    def _over_sockets(self, arrivals: list[Arrival], sockets: Sockets) -> Iterator[Channel]:
        meetings = Meetings(sockets.all, self.places).all()
        forwardings = Forwardings(self.evaluator, self.places.calls, sockets).all()
        sent = self.dumps.sent(sockets)
        groups = _groups(arrivals, sent, sockets, meetings, forwardings)
        done: set[object] = set()
        for arrival in arrivals:
            group = groups.of(("load", arrival.node))
            if id(group) in done:
                continue
            done.add(id(group))
            yield self._channel(group, arrivals, sent, sockets, meetings, forwardings)

    def _channel(
        self,
        group: set[object],
        arrivals: list[Arrival],
        sent: list[Sent],
        sockets: Sockets,
        meetings: list[Meeting],
        forwardings: list[Forwarding],
    ) -> Channel:
        inside = {identity: socket for identity, socket in sockets.all.items() if identity in group}
        mine = [arrival for arrival in arrivals if ("load", arrival.node) in group]
        own = [dump for dump in sent if ("dump", dump.node) in group]
        met = [meeting for meeting in meetings if meeting.one in inside or meeting.other in inside]
        missing = [*self._missing(inside, met), *self.dumps.unknown(inside, forwardings)]
        dumps = [self.dumps.described(dump) for dump in own]
        loads = self._loads(mine, dumps)
        dumps = [replace(dump, shape=_without_echo(dump.shape, loads)) for dump in dumps]
        partners = [_partners(dump, mine, inside, met, forwardings) for dump in own]
        return Channel(
            kind="zmq",
            loads=loads,
            dumps=tuple(self._supplied(dump, theirs) for dump, theirs in zip(dumps, partners, strict=True)),
            ends=tuple(self._ends(inside, sockets)),
            paired=_paired(inside, met),
            because=tuple(dict.fromkeys(meeting.why for meeting in met)),
            missing=tuple(missing),
        )

    def _loads(self, arrivals: list[Arrival], dumps: list[Dump]) -> tuple[Load, ...]:
        """The loads, with what they are used as where what is sent does not tell everything."""
        loading = frozenset(arrival.node for arrival in arrivals)
        loads = [self.loads.described(arrival, loading) for arrival in arrivals]
        if dumps and not any(unknowns(dump.shape) for dump in dumps):
            return tuple(loads)
        read = [self.used.of(arrival) for arrival in arrivals]
        return tuple(replace(load, used=each.shape, uses=each.whys) for load, each in zip(loads, read, strict=True))

    def _supplied(self, dump: Dump, arrivals: list[Arrival]) -> Dump:
        """A dump, with what its receivers take its unknown parts for."""
        if not unknowns(dump.shape) or not arrivals:
            return dump
        made = Supplied(dump.shape, joined(self.used.of(arrival) for arrival in arrivals))
        return replace(dump, shape=made.shape, inferred=made.because, sent=dump.shape) if made.because else dump

    def _missing(self, inside: dict[Identity, Socket], met: list[Meeting]) -> Iterator[str]:
        """Sockets whose other end is not there."""
        paired = {identity for meeting in met for identity in (meeting.one, meeting.other)}
        for identity, socket in inside.items():
            if identity not in paired:
                site = self._made(socket)
                places = self.places.of(socket)
                kind = " or ".join(sorted(socket.types)) or "socket"
                where = " or ".join(dict.fromkeys(f"{_DOES[place.role]} {place.text}" for place in places))
                yield f"nothing in the target is the other end of the {kind} at {site}" + (
                    f", which {where}" if where else ""
                )

    def _made(self, socket: Socket) -> str:
        frame, node = socket.value.frame, socket.value.node
        return f"{frame.scope.path}:{getattr(node, 'lineno', 0)}" if frame is not None else "an unknown place"

    def _ends(self, inside: dict[Identity, Socket], sockets: Sockets) -> Iterator[End]:
        """An end for each call that makes sockets of the channel."""
        by_call: dict[int, list[Socket]] = {}
        for identity, socket in inside.items():
            by_call.setdefault(identity[0], []).append(socket)
        for call, made in by_call.items():
            if made[0].value.frame is not None and made[0].value.node is not None:
                yield self._end(call, made, inside, sockets)

    def _end(self, call: int, made: list[Socket], inside: dict[Identity, Socket], sockets: Sockets) -> End:
        value = made[0].value
        assert value.node is not None
        assert value.frame is not None
        contexts = self._contexts(made)
        context = contexts[0] if len(contexts) == 1 else None
        places = [place for socket in made for place in self.places.of(socket)]
        roles = {place.role for place in places}
        role: Role = roles.pop() if len(roles) == 1 else "unknown"
        uses = {id(use): use for socket in made for use in socket.uses}
        operations = [self.dumps.operation(use) for use in uses.values()]
        return End(
            made=self.evaluator.site(value.node, value.frame.scope),
            types=tuple(sorted({kind for socket in made for kind in socket.types})),
            contexts=self._all_contexts(made),
            asyncio=self._asyncio(context, made),
            role=role,
            transport=_transport([place.text for place in places]),
            addresses=tuple(dict.fromkeys(place.text for place in places)),
            operations=tuple(sorted(operations, key=lambda item: (item.site.path, item.site.span.line))),
            others=tuple(
                f"the call at {self._made(socket)} also makes a socket that is not of this channel"
                for identity, socket in sockets.all.items()
                if identity[0] == call and identity not in inside
            )[:1],
            context_others=self._of_context(contexts, inside, sockets),
        )

    def _of_context(
        self, contexts: list[Instance], inside: dict[Identity, Socket], sockets: Sockets
    ) -> tuple[CodeSite, ...]:
        """Where else the contexts make sockets."""
        nodes = {id(context.node) for context in contexts}
        found: dict[int, CodeSite] = {}
        for identity, socket in sockets.all.items():
            value = socket.value
            theirs = {id(item.value.node) for item in socket.contexts if isinstance(item.value, Instance)}
            if identity not in inside and nodes & theirs and value.node is not None and value.frame is not None:
                found[identity[0]] = self.evaluator.site(value.node, value.frame.scope)
        return tuple(found.values())

    def _contexts(self, made: list[Socket]) -> list[Instance]:
        """The contexts that made the sockets, each once."""
        found: dict[int, Instance] = {}
        for socket in made:
            for item in socket.contexts:
                if isinstance(item.value, Instance) and isinstance(item.value.node, ast.Call):
                    found[id(item.value.node)] = item.value
        return list(found.values())

    def _all_contexts(self, made: list[Socket]) -> tuple[CodeSite, ...]:
        """The calls that make the contexts; none unless each socket's are known, and nothing but such calls."""
        founds = [item.value for socket in made for item in socket.contexts]
        if not all(socket.contexts for socket in made):
            return ()
        if not all(isinstance(each, Instance) and isinstance(each.node, ast.Call) and each.frame for each in founds):
            return ()
        sites = [
            self.evaluator.site(each.node, each.frame.scope)
            for each in self._contexts(made)
            if each.node is not None and each.frame is not None
        ]
        return tuple(dict.fromkeys(sites))

    @staticmethod
    def _asyncio(context: Instance | None, made: list[Socket]) -> bool | None:
        if context is not None and isinstance(context.node, ast.Call) and context.frame is not None:
            told = is_asyncio(context.node, context.frame.scope)
            if told is not None:
                return told
        awaited = {
            isinstance(use.frame.scope.facts.parents.get(use.node), ast.Await)
            for socket in made
            for use in socket.uses
            if use.kind in ("send", "receive")
        }
        return True if awaited == {True} else None


def _groups(
    arrivals: list[Arrival],
    sent: list[Sent],
    sockets: Sockets,
    meetings: list[Meeting],
    forwardings: list[Forwarding],
) -> Groups[object]:
    """Loads, dumps and sockets, those that have to change together in one group."""
    groups: Groups[object] = Groups()
    for arrival in arrivals:
        for identity in arrival.identities(sockets.all):
            groups.join(("load", arrival.node), identity)
    for dump in sent:
        for identity in dump.identities:
            groups.join(("dump", dump.node), identity)
    together = [list(use.sockets) for use in sockets.uses if use.kind in ("send", "receive")]
    together += [[meeting.one, meeting.other] for meeting in meetings if meeting.joins]
    together += [[*each.out_of, *each.into] for each in forwardings]
    for identities in together:
        for identity in identities[1:]:
            groups.join(identities[0], identity)
    return groups


def _partners(
    dump: Sent,
    arrivals: list[Arrival],
    inside: Iterable[Identity],
    met: list[Meeting],
    forwardings: list[Forwarding],
) -> list[Arrival]:
    """The loads that what one dump sends can come to: those behind sockets that it arrives at, where that is known."""
    pairs = {pair for each in met for pair in ((each.one, each.other), (each.other, each.one))}
    theirs = {arrival: set(arrival.identities(inside)) for arrival in arrivals}
    arrived = reached(dump.identities, pairs, forwardings)
    meeting = [each for each in arrivals if arrived & theirs[each]]
    return meeting or [each for each in arrivals if not theirs[each] <= dump.identities] or arrivals


def _without_echo(shape: Shape, loads: tuple[Load, ...]) -> Shape:
    """The shape of what is sent without what came through the same channel before: that was sent by another dump."""
    if not isinstance(shape, Either):
        return shape
    places = {(load.site.path, load.site.span) for load in loads}
    rest = tuple(
        each
        for each in shape.shapes
        if not isinstance(each, Unknown) or each.site is None or (each.site.path, each.site.span) not in places
    )
    if not rest:
        return shape
    return rest[0] if len(rest) == 1 else Either(shapes=rest)


def _paired(inside: dict[Identity, Socket], met: list[Meeting]) -> Surety | Literal["no"]:
    """How sure it is that each of the sockets has its other end among them."""
    certain = {each for meeting in met if meeting.surety == "certain" for each in (meeting.one, meeting.other)}
    if inside.keys() <= certain and all(meeting.joins for meeting in met):
        return "certain"
    paired = {each for meeting in met for each in (meeting.one, meeting.other)}
    return "inferred" if inside.keys() <= paired else "no"


def _transport(addresses: list[str]) -> Transport:
    found = {_TRANSPORTS.get(address.partition("://")[0], "unknown") for address in addresses}
    return found.pop() if len(found) == 1 else "unknown"

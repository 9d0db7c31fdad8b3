"""Which sockets are the ends of one channel: by where they bind and connect, and by what their types may speak with."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.endpoint import Role
from gnomon.python.project import is_test_like
from gnomon.scan.addresses import Addresses
from gnomon.scan.addressing import EndpointCalls
from gnomon.scan.pieces import SCHEME, Hole, Pieces, shown
from gnomon.scan.selectors import selected
from gnomon.scan.sockets import Identity, Socket, identity_of, is_same
from gnomon.scan.values import Instance

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

Surety = Literal["certain", "inferred"]
PARTNERS: dict[str, frozenset[str]] = {
    "PUSH": frozenset({"PULL"}),
    "PULL": frozenset({"PUSH"}),
    "PUB": frozenset({"SUB", "XSUB"}),
    "XPUB": frozenset({"SUB", "XSUB"}),
    "SUB": frozenset({"PUB", "XPUB"}),
    "XSUB": frozenset({"PUB", "XPUB"}),
    "REQ": frozenset({"REP", "ROUTER"}),
    "REP": frozenset({"REQ", "DEALER"}),
    "DEALER": frozenset({"REP", "DEALER", "ROUTER"}),
    "ROUTER": frozenset({"REQ", "DEALER", "ROUTER"}),
    "PAIR": frozenset({"PAIR"}),
}
"""Which types speak with which: https://rfc.zeromq.org/spec/28/, /29/, /30/ and /31/."""
_NAMED = frozenset({"setting", "parameter"})
"""Origins whose names were chosen for what they hold; those of functions say nothing of it."""
_CHOSEN_LATER = frozenset({"0", "*", "!"})
"""Ports that the system chooses."""


class Place(Struct, frozen=True):
    """Where a socket binds or connects, one alternative."""

    role: Role
    pieces: Pieces

    @property
    def text(self) -> str:
        """As people read it."""
        return shown(self.pieces)


class Meeting(Struct, frozen=True):
    """Two sockets that are ends of one channel."""

    one: Identity
    other: Identity
    surety: Surety
    why: str
    """A clause that says by what; untrusted text."""
    joins: bool = True
    """False if it is no more than a doubt whether the other one's partners are all: the one may speak with others."""


_BY_DEFAULT = "by default "
"""How the reason begins where only defaults are the same."""


class Places:
    """Where sockets bind and connect, with the ports that reach does not depend on."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        self.calls = EndpointCalls(evaluator)
        self.addresses = Addresses(evaluator, lambda _: [], whole=True)
        self._known: dict[Identity, tuple[Place, ...]] = {}

    def of(self, socket: Socket) -> tuple[Place, ...]:
        """Every alternative of every address."""
        identity = socket.identity
        if identity not in self._known:
            self.evaluator.refill()
            self._known[identity] = tuple(dict.fromkeys(self._find(socket)))
        return self._known[identity]

    def _find(self, socket: Socket) -> Iterator[Place]:
        for call in self.calls.of(socket.found, socket.value):
            if not call.model.address:
                continue
            founds = selected(self.evaluator, call.model.address, call.arguments, call.receivers)
            for pieces in self.addresses.of_address(founds):
                yield Place(call.model.role, pieces)


class Meetings:
    """Pairs the sockets of a target."""

    def __init__(self, sockets: dict[Identity, Socket], places: Places) -> None:
        self.sockets = sockets
        self.places = places

    def all(self) -> list[Meeting]:
        """Every pair that meets; what only fits is told where neither has another partner."""
        found = _alone_by_default(list(self._by_address()))
        found += self._left_over(_met(found))
        return [*found, *self._beside(_met(found))]

    def _by_address(self) -> Iterator[Meeting]:
        listed = list(self.sockets.items())
        for index, (one, left) in enumerate(listed):
            for other, right in listed[index:]:
                if not _speak(left, right):
                    continue
                found = [
                    match
                    for here in self.places.of(left)
                    for there in self.places.of(right)
                    for match in (_same_place(left, here, right, there),)
                    if match is not None
                ]
                for surety, why in sorted(found)[:1]:
                    if surety == "certain" or self._alike(one, other):
                        yield Meeting(one, other, surety, why)

    def _left_over(self, met: set[Identity]) -> Iterator[Meeting]:
        """Sockets without a partner by address, where one fits the others, and these fit nothing else as near."""
        lonely = [identity for identity in self.sockets if identity not in met]
        fitting = {
            one: self._nearest(one, [other for other in lonely if other != one and self._fit(one, other)])
            for one in lonely
        }
        for one, others in fitting.items():
            if others and all(fitting[other] == [one] for other in others) and (len(others) > 1 or one < others[0]):
                for other in others:
                    yield Meeting(one, other, "inferred", "no other sockets that are as near fit one another")

    def _beside(self, met: set[Identity]) -> Iterator[Meeting]:
        """Sockets without a partner that may speak with one beside them that has: whose it is, is not sure then."""
        for one in self.sockets:
            if one in met:
                continue
            folder = self._path(one).rpartition("/")[0]
            others = [
                other
                for other in met
                if self._path(other).rpartition("/")[0] == folder
                and self._fit(one, other)
                and self._comparable(one, other)
            ]
            for other in others:
                why = f"{self._told(one)} may be one of its ends as well"
                yield Meeting(one, other, "inferred", why, joins=len(others) == 1)

    def _comparable(self, one: Identity, other: Identity) -> bool:
        """False if what is known of two addresses says that they are different ones."""
        left, right = self.places.of(self.sockets[one]), self.places.of(self.sockets[other])
        return any(
            here.role != there.role and not _differ(_telling(here.pieces), _telling(there.pieces))
            for here in left
            for there in right
        )

    def _told(self, identity: Identity) -> str:
        socket = self.sockets[identity]
        kind = " or ".join(sorted(socket.types)) or "socket"
        return f"the {kind} at {self._path(identity)}:{getattr(socket.value.node, 'lineno', 0)}"

    def _nearest(self, one: Identity, others: list[Identity]) -> list[Identity]:
        """Those of the sockets that are made in the same file, or else the same folder, or else all."""
        home = self._path(one)
        for near in (home, home.rpartition("/")[0]):
            found = [other for other in others if self._path(other) == near or self._path(other).startswith(f"{near}/")]
            if found and near:
                return found
        return others

    def _path(self, identity: Identity) -> str:
        frame = self.sockets[identity].value.frame
        return frame.scope.path if frame is not None else ""

    def _fit(self, one: Identity, other: Identity) -> bool:
        left, right = self.sockets[one], self.sockets[other]
        roles = {place.role for socket in (left, right) for place in self.places.of(socket)}
        fit = bool(left.types and right.types) and _speak(left, right) and roles == {"bind", "connect"}
        return fit and self._alike(one, other) and not self._beside_each_other(left, right)

    def _beside_each_other(self, left: Socket, right: Socket) -> bool:
        """True if the ports, or paths, are other parts of one value, such as of the ports that one call has found."""
        return all(
            any(
                isinstance(one, Hole) and isinstance(two, Hole) and _are_other_parts(one, two)
                for one, two in zip(_telling(here.pieces)[1], _telling(there.pieces)[1], strict=False)
            )
            for here in self.places.of(left)
            for there in self.places.of(right)
        )

    def _alike(self, one: Identity, other: Identity) -> bool:
        """False for a socket of a program and one of its examples: that these fit says nothing."""
        return is_test_like(self._path(one)) is is_test_like(self._path(other))


def _met(found: list[Meeting]) -> set[Identity]:
    return {identity for meeting in found for identity in (meeting.one, meeting.other)}


def _differ(one: tuple[str, Pieces], other: tuple[str, Pieces]) -> bool:
    """True for other schemes, or ports or paths that are certainly others."""
    if one[0] and other[0] and one[0] != other[0]:
        return True
    if not one[1] or not other[1] or one[1][0] in _CHOSEN_LATER or other[1][0] in _CHOSEN_LATER:
        return False
    return _part_ways(one[1], other[1], str.startswith) or _part_ways(one[1][::-1], other[1][::-1], str.endswith)


def _part_ways(one: Pieces, other: Pieces, goes_on: Callable[[str, str], bool]) -> bool:
    """True if the texts that follow what both begin (or end) with are written out, and are others."""
    for left, right in zip(one, other, strict=False):
        if isinstance(left, str) and isinstance(right, str):
            if left != right:
                return not goes_on(left, right) and not goes_on(right, left)
        elif isinstance(left, str) or isinstance(right, str):
            return False
        elif _equal(left, right) != "certain":
            return _are_other_parts(left, right)
    return False


def _are_other_parts(one: Hole, two: Hole) -> bool:
    """True for two parts of one value, by position or key: such as two of the ports that one call has found."""
    match one.origin, two.origin:
        case ("value", whole, tuple(here)), ("value", other, tuple(there)) if whole == other:
            pairs = [(left, right) for left, right in zip(here, there, strict=False) if left != right]
            return bool(pairs) and _is_exact(pairs[0][0]) and _is_exact(pairs[0][1])
    return False


def _is_exact(pick: object) -> bool:
    """False for any element, and for one whose position is computed."""
    return isinstance(pick, (int, str)) and pick != "*"


def _alone_by_default(found: list[Meeting]) -> list[Meeting]:
    """The meetings, where sockets that meet by default, and meet no others, are sure to be ends of one channel."""
    counts = Counter(identity for meeting in found for identity in (meeting.one, meeting.other))
    return [
        replace(meeting, surety="certain", why=f"{meeting.why}, as no other socket does")
        if meeting.why.startswith(_BY_DEFAULT) and counts[meeting.one] == counts[meeting.other] == 1
        else meeting
        for meeting in found
    ]


def _speak(left: Socket, right: Socket) -> bool:
    if not left.types or not right.types:
        return True
    return any(PARTNERS.get(kind, frozenset()) & right.types for kind in left.types)


def _same_place(left: Socket, here: Place, right: Socket, there: Place) -> tuple[Surety, str] | None:
    """How sure it is that one socket's place is the other's, and by what."""
    if {here.role, there.role} != {"bind", "connect"}:
        return None
    binder, bind, connect = (left, here, there) if here.role == "bind" else (right, there, here)
    if _read_back(connect.pieces, binder):
        return "certain", f"{connect.text} is read back from the socket that binds"
    (scheme, one), (other, two) = _telling(bind.pieces), _telling(connect.pieces)
    if not one or not two or (scheme and other and scheme != other) or one[0] in _CHOSEN_LATER:
        return None
    sureties = [_equal(part, part2) for part, part2 in zip(one, two, strict=False)]
    if len(one) != len(two) or None in sureties:
        return _defaults_match(one, two, bind, connect)
    surety: Surety = "certain" if all(each == "certain" for each in sureties) else "inferred"
    return surety, f"one binds {bind.text}, the other connects to {connect.text}"


def _read_back(pieces: Pieces, binder: Socket) -> bool:
    """True if a part of the address was read from the socket that binds: its last endpoint, or its random port."""
    receivers = [receiver.value for part in pieces if isinstance(part, Hole) for receiver in part.receivers]
    return any(isinstance(value, Instance) and is_same(identity_of(value), binder.identity) for value in receivers)


def _telling(pieces: Pieces) -> tuple[str, Pieces]:
    """(scheme, what has to be the same at both ends): the port, or the path; not the host, which each end sees its way.

    The whole address if its beginning is not known.
    """
    if not pieces or isinstance(pieces[0], Hole):
        return "", pieces
    scheme = SCHEME.match(pieces[0])
    if scheme is None:
        return "", pieces
    rest = (pieces[0][scheme.end() :], *pieces[1:])
    name = scheme.group(1).lower()
    if name in {"ipc", "inproc"}:
        return name, tuple(part for part in rest if part)
    for index in range(len(rest) - 1, -1, -1):
        part = rest[index]
        if isinstance(part, str) and ":" in part:
            port = (part.rpartition(":")[2], *rest[index + 1 :])
            return name, tuple(piece for piece in port if piece)
    return name, ()


def _equal(one: str | Hole, two: str | Hole) -> Surety | None:
    if isinstance(one, str) or isinstance(two, str):
        return "certain" if one == two else None
    if one.origin and one.origin == two.origin:
        return "certain"
    named = one.origin[:1] and two.origin[:1] and {one.origin[0], two.origin[0]} <= _NAMED
    return "inferred" if named and one.name == two.name else None


def _defaults_match(left: Pieces, right: Pieces, bind: Place, connect: Place) -> tuple[Surety, str] | None:
    """Whether both are the same if nobody sets anything."""
    one, two = _by_default(left), _by_default(right)
    if one and one & two and not any(re.fullmatch(r"0|\*", text) for text in one & two):
        return "inferred", f"{_BY_DEFAULT}one binds {bind.text}, the other connects to {connect.text}"
    return None


def _by_default(pieces: Pieces) -> set[str]:
    texts = {""}
    for part in pieces:
        if isinstance(part, str):
            texts = {text + part for text in texts}
            continue
        defaults = {text for default in part.default for text in _by_default(default)}
        texts = {text + default for text in texts for default in defaults}
    return texts - {""}

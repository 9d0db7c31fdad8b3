"""Both ends of the channel that a finding's bytes come through: who dumps, who sends, who receives, who loads."""

from typing import Literal

from msgspec import Struct

from gnomon.core.endpoint import Role, Transport
from gnomon.core.rule import SourceKind
from gnomon.core.shape import Record, Shape
from gnomon.core.site import CodeSite


class Load(Struct, frozen=True, kw_only=True):
    """A call that deserializes what came through the channel."""

    site: CodeSite
    """The call, without an `await` before it; where the deserializer's name is handed on, that."""
    handed_on: bool = False
    api: str
    """Canonical: `pickle.loads`, `zmq.Socket.recv_pyobj`."""
    qualname: str
    receives: bool = False
    """True if the call itself reads the socket."""
    awaited: CodeSite | None = None
    """The whole `await` expression, if the call is awaited where it stands."""
    data: CodeSite | None = None
    """The argument with the bytes; None if it receives."""
    received_at: tuple[CodeSite, ...] = ()
    """The calls that receive what it is given; the call itself if it receives."""
    direct: bool = False
    """True if `data` is the receiving call itself, or a name that has nothing else from it and goes nowhere else."""
    others: tuple[str, ...] = ()
    """What else can be loaded here beside what comes through this channel: clauses that name places."""
    used: Shape | None = None
    """What the code after the load takes the object for; None where that was not looked at, since all that is sent is
    known."""
    uses: tuple[str, ...] = ()
    """What says so: clauses that name places. Untrusted text."""


class Holding(Struct, frozen=True, kw_only=True):
    """What objects of a class hold that declares no fields."""

    record: Record
    attributes: tuple[tuple[str, Shape], ...] = ()
    """By what is assigned to them."""
    why: str = ""
    """Why they could not be read; empty if they were. Untrusted text."""


class Dump(Struct, frozen=True, kw_only=True):
    """A call that serializes what is sent through the channel."""

    site: CodeSite
    api: str
    """Canonical: `pickle.dumps`, `zmq.Socket.send_pyobj`."""
    qualname: str
    sends: bool = False
    awaited: CodeSite | None = None
    value: CodeSite | None = None
    """The object's expression; None if it is given in a way that is not followed (`*arguments`)."""
    shape: Shape
    """What is sent: as the code that sends it tells, and where that does not, as what receives it takes it for."""
    inferred: tuple[str, ...] = ()
    """The uses that parts of the shape were read from, which nothing that sends tells: clauses that name places.
    Untrusted text."""
    sent: Shape | None = None
    """What the code that sends tells alone, if parts were read from uses."""
    holdings: tuple[Holding, ...] = ()
    """Of the classes without declared fields in the shape, and of those that they hold."""
    sent_at: tuple[CodeSite, ...] = ()
    """The calls that send the bytes; the call itself if it sends."""
    direct: bool = False
    """True if the dump stands in the sending call, or in a name that goes nowhere else."""


class Operation(Struct, frozen=True, kw_only=True):
    """One use of an end's socket."""

    site: CodeSite
    """The call without `await`, the assignment's target of an attribute, or the place where the socket is handed on."""
    kind: Literal["send", "receive", "endpoint", "option", "wait", "close", "escape"]
    """escape: the socket goes where it is not followed, such as into a library."""
    name: str
    """The method or attribute, such as `recv_multipart`; what it escapes into."""
    receiver: CodeSite | None = None
    """The expression that is the socket."""
    awaited: CodeSite | None = None
    qualname: str = ""
    answers: bool = False
    """True of a send whose first frame is, on every way, one that was received through a ZeroMQ socket, or None."""


class End(Struct, frozen=True, kw_only=True):
    """The sockets that one call makes; a factory that is called for several purposes makes all of them."""

    made: CodeSite
    """The call that makes the socket: `context.socket(zmq.PULL)`."""
    types: tuple[str, ...]
    """`PULL`; several if one call makes sockets of several types; empty if it is not known."""
    contexts: tuple[CodeSite, ...] = ()
    """All calls that make the contexts of its sockets; empty unless those of every socket are known."""
    asyncio: bool | None = None
    """True for sockets of zmq.asyncio; None if that is not known."""
    role: Role = "unknown"
    transport: Transport = "unknown"
    addresses: tuple[str, ...] = ()
    """As computed. Untrusted text."""
    operations: tuple[Operation, ...] = ()
    others: tuple[str, ...] = ()
    """What else this call makes: sockets that are not of this channel, as clauses that name places."""
    context_others: tuple[CodeSite, ...] = ()
    """The calls that make other sockets of the same context, which are not of this channel."""


class Channel(Struct, frozen=True, kw_only=True):
    """What has to change together: loads, dumps, and the sockets in between, on all ends that are known."""

    kind: SourceKind
    loads: tuple[Load, ...]
    dumps: tuple[Dump, ...] = ()
    ends: tuple[End, ...] = ()
    """ZeroMQ sockets alone; other kinds of channels have none."""
    paired: Literal["certain", "inferred", "no"] = "no"
    """Whether both ends are known: certain if addresses say so, inferred if nothing else in the target fits."""
    because: tuple[str, ...] = ()
    """What says so: clauses that name places. Untrusted text."""
    missing: tuple[str, ...] = ()
    """Ends that were looked for and not found, and calls whose other side is not known: clauses. Untrusted text."""

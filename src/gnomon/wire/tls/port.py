"""What the blocking and the asyncio socket of mode `tls` have in common."""

import math
from collections.abc import Sequence
from typing import cast

import zmq

from gnomon.wire.channel import PATTERNS, Buffer, Channel, Peer, Received
from gnomon.wire.errors import KeyMissing, Refused, WireError
from gnomon.wire.port import OPEN, Port, Settings, TimedOut
from gnomon.wire.stats import Complaints, Counts
from gnomon.wire.tls.client import Client
from gnomon.wire.tls.credentials import Credentials
from gnomon.wire.tls.endpoint import parsed
from gnomon.wire.tls.failures import Unwelcome, explained
from gnomon.wire.tls.reception import Arrived, Session
from gnomon.wire.tls.server import Server
from gnomon.wire.tls.settings import Tls
from gnomon.wire.tls.stream import Running

BROKEN = (OSError, EOFError, Refused)
"""What reading an answer raises where there will be none."""
INSTEAD = (
    "mode 'tls' has REQ and REP sockets, to ask and to answer; for {kind} use mode 'curve', "
    "or 'sealed' with a key for each pair of ends"
)


class TlsPort(Port):
    """A socket that asks (REQ) or answers (REP) over TLS connections; there is no socket of libzmq behind it."""

    def __init__(self, settings: Settings, tls: Tls, kind: int, channel: bytes) -> None:
        if kind not in {zmq.REQ, zmq.REP}:
            name = zmq.SocketType(kind).name if kind in PATTERNS else repr(kind)
            raise WireError(INSTEAD.format(kind=name))
        self.context: object = None
        self._settings = settings
        self._tls = tls
        self._kind = kind
        self._name = zmq.SocketType(kind).name
        self._counts = Counts()
        self._complaints = Complaints()
        self._channel = Channel(
            kind, settings.codec, settings.limits, ring=None, name=channel, max_age_s=math.inf, window=settings.window
        )
        self._server: Server | None = None
        self._client: Client | None = None
        self._endpoint = ""
        self._asker: Session | None = None
        """Whom a REP socket answers next."""
        self._reading: Running[tuple[int, list[Buffer]]] | None = None
        """The answer that a REQ socket waits for, as far as it is there."""
        self._linger_ms = int(settings.linger_s * 1000)
        self._trouble: WireError | None = None
        self._foreign = False
        self._waiting = False
        self._closed = False
        self._in_question = False
        OPEN.add(self)

    def bind(self, endpoint: str) -> str:
        """The endpoint that was bound, with the port chosen for `:*`. Raises KeyMissing without `clients`, KeyWrong."""
        self._check()
        if self._kind != zmq.REP:
            raise WireError("over TLS a REQ socket connects and a REP socket binds: who asks is the client")
        place = parsed(endpoint, binds=True)
        if not self._tls.clients:
            raise KeyMissing("mode 'tls' needs names to bind: Tls(clients=('client.example', 'spiffe://…'))")
        if self._server is None:
            self._server = Server(
                Credentials(self._tls, server=True),
                self._settings.limits,
                handshake_s=self._settings.handshake_s,
                counts=self._counts,
                complaints=self._complaints,
            )
            self._stand_in(self._server)
        try:
            return self._server.listen(place).text
        except OSError as error:
            raise WireError(f"{endpoint} can't be bound: {error.strerror or error}") from None

    def _stand_in(self, server: Server) -> None:
        """Hook for a socket whose user may do other things while connections come."""

    def connect(self, endpoint: str, *, server: str | None = None) -> None:
        """Says where to ask; the connection is made with the first request. Raises KeyMissing, KeyWrong for our files.

        `server`: the name that must be on its certificate (DNS name, address or URI), if not the endpoint's host.
        """
        self._check()
        if self._kind != zmq.REQ:
            raise WireError("over TLS a REQ socket connects and a REP socket binds: who asks is the client")
        if self._client is not None:
            raise WireError(f"this socket connects to {self._endpoint} already; for {endpoint} use another one")
        place = parsed(endpoint, binds=False)
        self._client = Client(
            place, server, self._tls, self._settings.limits, handshake_s=self._settings.handshake_s, counts=self._counts
        )
        self._endpoint = endpoint

    def _asking(self) -> Client:
        if self._client is None:
            raise WireError("this socket is not connected: connect('tls://host:port') comes first")
        return self._client

    def _answering(self) -> Server:
        if self._server is None:
            raise WireError("this socket is not bound: bind('tls://*:5556') comes first")
        return self._server

    def _listens(self) -> int:
        """Descriptor on which something comes, -1 for none yet."""
        if self._server is not None:
            return self._server.descriptor
        return -1 if self._client is None else self._client.descriptor

    def enlist(self, poller: zmq.Poller, flags: int) -> None:
        """Have pyzmq's poller wait for something to come; whether that is a message says `poll`."""
        descriptor = self._listens() if flags & zmq.POLLIN else -1
        if descriptor >= 0:
            poller.register(descriptor, zmq.POLLIN)

    def _answer(self, frames: Sequence[Buffer], *, copy: bool) -> None:
        """Hand the answer over to the connection that the request came by."""
        session, self._asker = cast("Session", self._asker), None  # the channel sees to it that somebody asked
        self._answering().answer(session, frames[2:], copy=copy)
        self._counts.sent += 1
        self._channel.sent()

    def _accepted(self, arrived: Arrived) -> Received | None:
        """The request, or None for one that was refused: then its connection ends."""
        server, session = self._answering(), arrived.session
        received = self._unpacked(arrived.body, session.number, session.name)
        if received is None:
            session.broken = True
            server.release(session)
            return None
        if self._asker is not None:  # the last request was not answered, and won't be any more
            server.release(self._asker)
        self._asker = session
        return received

    def _unpacked(self, body: Sequence[Buffer] | Refused, number: int, name: str) -> Received | None:
        try:
            if isinstance(body, Refused):
                raise body
            received = self._channel.unpack([number.to_bytes(8, "big"), b"", *body])
        except Refused as refused:
            self._refuse(refused)
            return None
        self._counts.received += 1
        peer = Peer(route=received.peer.route, name=name)
        return Received(obj=received.obj, peer=peer)

    def _answered(self, reading: Running[tuple[int, list[Buffer]]]) -> Received:
        """The answer that was read. Raises TimedOut if it is refused: no other one will come."""
        self._reading, self._in_question = None, False
        number, body = reading.result()
        received = self._unpacked(body, number, self._asking().server)
        if received is None:
            raise self._unanswered(Unwelcome("it was refused"))
        return received

    def _unanswered(self, error: Exception) -> TimedOut:
        """Give the request up, and the connection with it, so that nothing late can come."""
        if isinstance(error, Refused):
            self._refuse(error)
        self._give_up()
        return TimedOut(f"there will be no answer from {self._endpoint}: {explained(error, self._tls)}")

    def _give_up(self) -> None:
        if self._reading is not None:
            self._reading.close()
            self._reading = None
        if self._client is not None:
            self._client.drop()
        self._channel.give_up()
        self._in_question = False

    def _question(self, frames: Sequence[Buffer], *, copy: bool) -> Running[None]:
        """Begin to send a request."""
        return Running(self._asking().asked(int.from_bytes(frames[0], "big"), frames[2:], copy=copy))

    def _was_asked(self) -> None:
        self._in_question = True
        self._counts.sent += 1

    def _answer_begun(self) -> Running[tuple[int, list[Buffer]]]:
        """The reading of the answer, as far as it is. Raises WireError if nothing was asked."""
        if not self._in_question:
            raise WireError("a REQ socket asks before it receives")
        if self._reading is None:
            try:
                self._reading = Running(self._asking().answer())
            except BROKEN as error:
                raise self._unanswered(error) from None
        return self._reading

    def _not_taken(self) -> TimedOut:
        problem = self._client.problem if self._client is not None else ""
        return TimedOut("nobody took the message in time: " + (problem or "is the other end there?"))

    def _check(self) -> None:
        if self._trouble is not None:
            raise self._trouble

    def setsockopt(self, option: int, value: int | bytes | str) -> None:
        """Sets LINGER, in milliseconds. Raises WireError for options that are libzmq's."""
        if option != zmq.LINGER:
            raise WireError(f"option {option} is libzmq's, and means nothing to a socket of mode 'tls'")
        self._linger_ms = int(value)

    def getsockopt(self, option: int) -> int | bytes:
        """The value of LINGER. Raises WireError for others."""
        if option != zmq.LINGER:
            raise WireError(f"option {option} of a socket of mode 'tls' can't be read")
        return self._linger_ms

    @property
    def closed(self) -> bool:
        """True after `close`."""
        return self._closed

    def disown(self) -> None:
        """Make every further use raise: this is a forked child, and the socket is its parent's."""
        super().disown()
        for end in (self._server, self._client):
            if end is not None:
                end.disown()

    def close(self, linger: int | None = None) -> None:
        """Closes. Answers that are under way have `linger` milliseconds (the context's linger_s)."""
        if self._closed or self._foreign:
            return
        self._closed = True
        self._give_up()
        if self._server is not None:
            linger_ms = self._linger_ms if linger is None else linger
            self._server.close(linger_ms / 1000 if linger_ms >= 0 else math.inf)
        self._trouble = WireError("the socket is closed")

    def __del__(self) -> None:
        if hasattr(self, "_closed"):
            self.close()

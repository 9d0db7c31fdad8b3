"""Who is at a server, and what they sent: each connection from its handshake to its last request."""

import math
import socket
import ssl
import time
from collections import deque
from collections.abc import Iterator, Sequence

from msgspec import Struct

from gnomon.wire.channel import Buffer
from gnomon.wire.errors import Refused
from gnomon.wire.limits import Limits
from gnomon.wire.stats import Complaints, Counts
from gnomon.wire.tls.credentials import PROTOCOL
from gnomon.wire.tls.failures import Unwelcome, explained
from gnomon.wire.tls.identity import admitted, names
from gnomon.wire.tls.settings import Tls
from gnomon.wire.tls.stream import FULL, MARK, PAUSE, READ, UNLISTED, WELCOME, Link, Running, Steps, incoming

_LAST_WORDS_S = 1.0
"""How long somebody who was turned away is given to read why, before the connection is torn down."""


class Session:
    """One connection that was accepted."""

    def __init__(self, link: Link, address: str) -> None:
        self.link = link
        self.address = address
        self.name = ""
        """On its certificate, that let it in."""
        self.strange = False
        """It was turned away."""
        self.number = 0
        """Of the request that waits for its answer."""
        self.broken = False
        """Its last request was refused: it is done with."""
        self.until = math.inf
        self.running: Running[None] | None = None
        self.watched = 0
        """What the selector looks for."""


class Arrived(Struct, frozen=True):
    """What a session has for the socket."""

    session: Session
    body: Sequence[Buffer] | Refused


class Reception:
    """The sessions of one server, and the inbox of its socket."""

    def __init__(self, tls: Tls, limits: Limits, *, handshake_s: float, counts: Counts, complaints: Complaints) -> None:
        self.pending: dict[Session, None] = {}
        """Those that have not shown who they are yet, the oldest first, and those that are being sent away."""
        self.admitted: set[Session] = set()
        self.inbox: deque[Arrived] = deque()
        """At most one item a session."""
        self._tls = tls
        self._limits = limits
        self._handshake_s = handshake_s
        self._counts = counts
        self._complaints = complaints

    def __iter__(self) -> Iterator[Session]:
        return iter((*self.pending, *self.admitted))

    def __contains__(self, session: Session) -> bool:
        return session in self.pending or session in self.admitted

    def forget(self, session: Session) -> None:
        """It is gone."""
        self.pending.pop(session, None)
        if session in self.admitted:
            self.admitted.remove(session)
            self._counts.disconnections += 1

    def serve(self, session: Session) -> Steps[None]:
        """One connection from its beginning to its end.

        1. It shakes hands: its certificate is from one of our CAs, it has the key, and it means this protocol.
        2. A name on the certificate is on the list, and there is room. It is told, and given time to read that.
        3. Requests are read, one at a time, and handed over. Who breaks the format is dropped.
        """
        link = session.link
        link.until = time.monotonic() + self._handshake_s
        # 1. and 2.
        try:
            yield from link.shake()
            status = self._admission(session)
        except (OSError, EOFError, ValueError) as error:
            self.turn_away(session, error)
            yield from _last_words(link)
            return
        link.put([MARK + bytes([status])])
        yield from link.flush()
        if status != WELCOME:
            yield from _last_words(link)
            return
        expires = _expiry(link)
        del self.pending[session]
        self.admitted.add(session)
        self._counts.connections += 1
        # 3.
        while True:
            idle_until = min(time.monotonic() + self._tls.idle_s, expires)
            try:
                session.number, body = yield from incoming(
                    link, self._limits, idle_until=idle_until, message_s=self._tls.message_s
                )
            except Refused as refused:
                self.inbox.append(Arrived(session, refused))
                yield PAUSE
                return
            self.inbox.append(Arrived(session, body))
            yield PAUSE
            if session.broken:
                return
            try:
                yield from link.flush()
            except OSError as error:
                self._counts.undeliverable += 1
                self._complaints.say(f"REP: {session.address} did not take its answer: {explained(error, self._tls)}")
                return

    def _admission(self, session: Session) -> int:
        secure = session.link.socket
        if secure.selected_alpn_protocol() != PROTOCOL:
            raise Unwelcome("it is a TLS client, but no socket of gnomon.wire")
        has = names(secure.getpeercert() or {})
        name = admitted(has, self._tls.clients)
        if name is None:
            who = ", ".join(has) or "a certificate without a name"
            self.turn_away(session, Unwelcome(f"{who} is not among the clients that may come in"))
            return UNLISTED
        session.name = name
        if len(self.admitted) >= self._tls.connections:
            self._complaints.say(f"REP: {name} had to wait: all {self._tls.connections} connections are in use")
            return FULL
        return WELCOME

    def turn_away(self, session: Session, error: Exception) -> None:
        """Count who is turned away, once, and say why."""
        if session.strange:
            return
        session.strange = True
        self._counts.strangers += 1
        self._complaints.say(f"REP turned {session.address} away: {explained(error, self._tls)}")


def _expiry(link: Link) -> float:
    """When the other end's certificate is over: the connection ends with it."""
    ends = ssl.cert_time_to_seconds(str((link.socket.getpeercert() or {})["notAfter"]))
    return time.monotonic() + ends + 1 - time.time()  # valid to the end of its last second


def _last_words(link: Link) -> Steps[None]:
    """Let the other end read what was said last: closing at once would make its system throw that away."""
    link.until = time.monotonic() + _LAST_WORDS_S
    secure = link.socket
    secure.shutdown(socket.SHUT_WR)
    while True:
        try:
            if not socket.socket.recv(secure, 4096):  # what comes is read past TLS, and thrown away
                return
        except BlockingIOError:
            yield from link.wait(READ)

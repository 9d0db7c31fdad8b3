"""The end that connects: one connection, made when there is something to ask, and again when it ended.

Nothing here waits and there is no thread: the socket runs the steps while its user is in a call.
"""

import contextlib
import os
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from typing import TypeAlias, cast

from gnomon.wire.channel import Buffer
from gnomon.wire.errors import KeyWrong, WireError
from gnomon.wire.limits import Limits
from gnomon.wire.stats import Counts, shown
from gnomon.wire.tls.credentials import PROTOCOL, Credentials
from gnomon.wire.tls.endpoint import Endpoint
from gnomon.wire.tls.failures import Unwelcome, certain, explained
from gnomon.wire.tls.identity import admitted, names, normal
from gnomon.wire.tls.settings import Tls
from gnomon.wire.tls.stream import FULL, MARK, READ, WELCOME, WRITE, Link, Steps, incoming, lively, message

_Address: TypeAlias = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]
_Found: TypeAlias = tuple[int, _Address]
_FIRST_DELAY_S, _LAST_DELAY_S = 0.05, 2.0
_SOON_S = 0.5
"""Handshakes that break off are an error once they did so for that long: one may be a server that was just ending."""


class Client:
    """A connection to one server. Raises KeyMissing, KeyWrong for files that can't be used, WireError for a name."""

    def __init__(
        self,
        endpoint: Endpoint,
        server: str | None,
        tls: Tls,
        limits: Limits,
        *,
        handshake_s: float,
        counts: Counts,
    ) -> None:
        self.server = normal(server if server is not None else endpoint.host)
        self.problem = ""
        """Why there is no connection, as far as is known."""
        self._counts = counts
        self._endpoint = endpoint
        self._limits = limits
        self._tls = tls
        self._by_host = "://" not in self.server
        if self._by_host and not _can_be_a_host(self.server):
            raise WireError(f"{self.server!r} can't be the name of a host")
        self._credentials = Credentials(tls, server=False, by_host=self._by_host)
        self._attempt_s = handshake_s / 3
        """Two handshakes and the time between them fit into handshake_s."""
        self._link: Link | None = None
        self._quiet_since = 0.0
        self._shaking = False
        """Whether the attempt under way got as far as to a handshake."""
        self._broken = 0
        """Handshakes that broke off, in a row."""
        self._broken_since = 0.0

    def connected(self) -> Steps[None]:
        """Be connected: at once if we are. Raises KeyWrong once it is certain that we can't be."""
        if self._link is not None and self._usable(self._link):
            return
        self.drop()
        delay_s = _FIRST_DELAY_S
        while True:
            try:
                self._link = yield from self._attempt()
            except (OSError, EOFError) as error:
                self._failed(error)
            else:
                self._broken, self.problem = 0, ""
                self._counts.connections += 1
                return
            until = time.monotonic() + delay_s
            while time.monotonic() < until:
                yield -1, 0, until
            delay_s = min(2 * delay_s, _LAST_DELAY_S)

    def asked(self, number: int, body: Sequence[Buffer], *, copy: bool) -> Steps[None]:
        """Be connected, and send a request; with `copy`, one of its own from the first step on that does not end it.

        A connection may turn out to be gone while the request is sent: then nobody has all of it, and it is sent once
        more. Raises OSError if that fails too, KeyWrong.
        """
        again = True
        while True:
            for want in self.connected():
                if copy:
                    body, copy = [bytes(buffer) for buffer in body], False
                yield want
            link = self._there()
            link.put(message(number, body))
            link.until = time.monotonic() + self._tls.message_s
            try:
                for want in link.flush():
                    if copy:
                        body, copy = [bytes(buffer) for buffer in body], False
                        link.keep()
                    yield want
            except OSError as error:
                self.drop()
                if isinstance(error, TimeoutError) or not again:
                    raise
                again = False
            else:
                return

    def answer(self) -> Steps[tuple[int, list[Buffer]]]:
        """(number, frames) of the next answer. Raises Refused, OSError, Ended."""
        link = self._there()
        answer = yield from incoming(link, self._limits, idle_until=float("inf"), message_s=self._tls.message_s)
        self._quiet_since = time.monotonic()
        return answer

    def drop(self) -> None:
        """End the connection, if there is one."""
        link, self._link = self._link, None
        if link is not None:
            self._counts.disconnections += 1
            link.close()

    @property
    def descriptor(self) -> int:
        """Of the connection, -1 while there is none."""
        return -1 if self._link is None else self._link.socket.fileno()

    def disown(self) -> None:
        """Close a forked child's copy of the connection, without a word to the other end: the parent goes on."""
        link, self._link = self._link, None
        if link is not None:
            link.socket.close()

    def _there(self) -> Link:
        return cast("Link", self._link)  # whoever asks was connected before

    def _usable(self, link: Link) -> bool:
        """Whether nothing came from the server since the last answer: neither its end, nor what nobody asked for.

        A connection is left in half the time after which the server ends it, so that no request crosses with that.
        """
        if time.monotonic() - self._quiet_since > self._tls.idle_s / 2:
            return False
        try:
            link.socket.recv(1)
        except ssl.SSLWantReadError:
            return True
        except OSError:
            pass
        return False

    def _failed(self, error: Exception) -> None:
        """Raises KeyWrong for what won't go away by itself."""
        told = explained(error, self._tls)
        self.problem = f"{self._endpoint.text}: {told}"
        if certain(error):
            self._broken = 0
            raise KeyWrong(self.problem) from None
        if not self._shaking or isinstance(error, _Busy):
            return
        now = time.monotonic()
        self._broken += 1
        if self._broken == 1:
            self._broken_since = now
        elif now - self._broken_since >= _SOON_S:
            broken, self._broken = self._broken, 0
            raise KeyWrong(f"{self._endpoint.text} broke {broken} handshakes off: {told}") from None

    def _attempt(self) -> Steps[Link]:
        self._shaking = False
        until = time.monotonic() + self._attempt_s
        raw = yield from self._reached(until)
        self._shaking = True
        with _closed_unless_done(raw) as opened:
            link = Link(self._wrapped(raw))
            opened.callback(link.close)
            link.until = until
            yield from self._introduced(link)
            opened.pop_all()
        self._quiet_since = time.monotonic()
        return link

    def _wrapped(self, raw: socket.socket) -> ssl.SSLSocket:
        return self._credentials.context().wrap_socket(
            raw,
            server_hostname=self.server if self._by_host else None,
            do_handshake_on_connect=False,
            suppress_ragged_eofs=False,
        )

    def _introduced(self, link: Link) -> Steps[None]:
        """Shake hands, and hear whether we are let in.

        1. The server's certificate is from one of our CAs, it has the key, and it means this protocol.
        2. The certificate has the name that we mean. For DNS names and addresses OpenSSL has seen to it.
        3. The server lets us in. Up to here it may still be about to refuse our certificate.
        """
        # 1.
        yield from link.shake()
        if link.socket.selected_alpn_protocol() != PROTOCOL:
            raise Unwelcome("it is a TLS server, but no socket of gnomon.wire")
        # 2.
        has = names(link.socket.getpeercert() or {})
        if not self._by_host and admitted(has, (self.server,)) is None:
            raise Unwelcome(f"its certificate is for {shown(', '.join(has)) or 'nobody'}, not for {self.server}")
        # 3.
        greeting = bytearray(len(MARK) + 1)
        yield from link.fill(memoryview(greeting))
        if greeting[:-1] != MARK:
            raise Unwelcome("it speaks another version of this protocol")
        if greeting[-1] == FULL:
            raise _Busy("all its connections are in use")
        if greeting[-1] != WELCOME:
            raise Unwelcome(f"it does not let us in: no name of {self._tls.certificate} is among its clients")

    def _reached(self, until: float) -> Steps[socket.socket]:
        """A connected socket. Raises OSError."""
        problem: OSError = ConnectionError("it has no address")
        for family, address in (yield from self._addresses(until)):
            raw = socket.socket(family, socket.SOCK_STREAM)
            with _closed_unless_done(raw) as opened:
                lively(raw)
                try:
                    yield from _connect(raw, address, until)
                except OSError as error:
                    problem = error
                else:
                    opened.pop_all()
                    return raw
        raise problem

    def _addresses(self, until: float) -> Steps[list[_Found]]:
        """Of the host. Looking a name up can't be bounded or broken off, so that a thread does it."""
        host, port = self._endpoint.host, self._endpoint.port
        try:
            return _found(host, port, socket.AI_NUMERICHOST)
        except socket.gaierror:
            return (yield from _looked_up(host, port, until))


class _Busy(ConnectionError):
    """The server lets us in, but not now."""


def _can_be_a_host(name: str) -> bool:
    """Whether ssl would take it, which fails too late and leaves a descriptor open."""
    try:
        return bool(name.encode("idna"))
    except UnicodeError:
        return False


def _closed_unless_done(raw: socket.socket) -> contextlib.ExitStack:
    """Closes the socket at the end, if nobody says `pop_all` before."""
    opened = contextlib.ExitStack()
    opened.callback(raw.close)
    return opened


def _found(host: str, port: int, flags: int = 0) -> list[_Found]:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    except UnicodeError:
        raise socket.gaierror(socket.EAI_NONAME, "this can't be the name of a host") from None
    return [(family, address) for family, _, _, _, address in answers]


def _looked_up(host: str, port: int, until: float) -> Steps[list[_Found]]:
    """By a thread, which closes its end of a pair of sockets when it knows, or knows why not."""
    here, there = socket.socketpair()
    known: list[list[_Found] | OSError] = []

    def look_up() -> None:
        try:
            known.append(_found(host, port))
        except OSError as error:
            known.append(error)
        there.close()

    with here:
        threading.Thread(target=look_up, name="gnomon.wire look-up", daemon=True).start()
        yield here.fileno(), READ, until
    if not known:
        raise TimeoutError
    if isinstance(known[0], OSError):
        raise known[0]
    return known[0]


def _connect(raw: socket.socket, address: _Address, until: float) -> Steps[None]:
    try:
        raw.connect(address)
    except BlockingIOError:
        yield raw.fileno(), WRITE, until
        if time.monotonic() >= until:
            raise TimeoutError from None
        if error := raw.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(error, os.strerror(error)) from None
    if raw.getsockname() == raw.getpeername():
        # Nobody listens at a port of this machine, and it was given to us ourselves.
        raise ConnectionRefusedError("nobody listens there")

"""Events of connections into what their socket's user is told: who is connected, and who misses which key."""

import os
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import zmq
from msgspec import Struct

from gnomon.wire.errors import KeyWrong, WireError
from gnomon.wire.mechanism import Face
from gnomon.wire.names import named
from gnomon.wire.stats import Complaints, Counts

if TYPE_CHECKING:
    from collections.abc import Callable

WATCHED = (
    zmq.EVENT_HANDSHAKE_SUCCEEDED
    | zmq.EVENT_HANDSHAKE_FAILED_AUTH
    | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
    | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
    | zmq.EVENT_DISCONNECTED
    | zmq.EVENT_MONITOR_STOPPED
)
FAILED = {
    zmq.EVENT_HANDSHAKE_FAILED_AUTH,
    zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL,
    zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL,
}
OTHER_MECHANISM = 0x11000002  # ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH, which pyzmq does not name


class Failing(Struct, kw_only=True):
    """Handshakes with one endpoint that failed in a row."""

    times: int
    since: float


class Connections:
    """The connections of one socket: written by the thread that watches them, read by the socket's own.

    `trouble` is what each further use of the socket raises; None while all is well.
    """

    def __init__(self, *, binds: bool, name: str, counts: Counts, complaints: Complaints) -> None:
        self.trouble: WireError | None = None
        self.blamed = ""
        """The endpoint that `trouble` is about."""
        self.released = False
        """Whether their socket is closed."""
        self.why = ""
        """Why this end is in its mode, if it did not name one: told where the other end may be in another."""
        self.made = threading.Event()
        self.changed: Callable[[], None] = lambda: None
        """Called, in the watching thread, when `trouble` or `made` changed."""
        self._binds = binds
        self._name = name
        self._counts = counts
        self._complaints = complaints
        self._failing: dict[str, Failing] = {}
        self._faces: dict[str, Face] = {}
        self._names: dict[str, str] = {}
        """Endpoints as they were given to connect, by those that libzmq reports."""
        self._tried: dict[str, frozenset[Face]] = {}
        """What an endpoint was shown since it let us in last."""

    def note(self, event: int, value: int, endpoint: str, now: float) -> None:
        """Take an event of libzmq's monitor; `now` in seconds of a clock that never goes back."""
        if not self._binds:
            endpoint = self._given(endpoint)
        if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
            self._connected(endpoint)
        elif event == zmq.EVENT_DISCONNECTED:
            self._counts.disconnections += 1
        elif event in FAILED and self._binds:
            self._counts.strangers += 1
            self._complaints.say(
                f"{self._name} at {endpoint} turned a connection away: {self._why_turned_away(event, value)}"
            )
        elif event in FAILED:
            self._failed(event, value, endpoint, now)

    def _given(self, endpoint: str) -> str:
        if endpoint in self._faces:
            return endpoint
        if self._names.get(endpoint) not in self._faces:
            self._names[endpoint] = named(endpoint, list(self._faces))
        return self._names[endpoint]

    def _connected(self, endpoint: str) -> None:
        self._counts.connections += 1
        self._failing.pop(endpoint, None)
        self._tried.pop(endpoint, None)
        if self.trouble is not None and self.blamed == endpoint:
            self.trouble = None
        self.made.set()
        self.changed()

    def shows(self, endpoint: str, face: Face) -> None:
        """Note which key an endpoint is shown from now on. Trouble with the last one is forgotten."""
        self._faces[endpoint] = face
        self._failing.pop(endpoint, None)
        if self.blamed == endpoint:
            self.trouble = None

    def untried(self, endpoint: str, faces: Sequence[Face]) -> Face | None:
        """The first that the endpoint was not shown in vain."""
        tried = self._tried[endpoint] = self._tried.get(endpoint, frozenset()) | {self._faces[endpoint]}
        return next((face for face in faces if face not in tried), None)

    def again(self, endpoint: str, faces: Sequence[Face]) -> Face:
        """The one that the endpoint is shown next, all having been in vain. The trouble stays until it lets us in."""
        shown = self._faces[endpoint]
        after = faces.index(shown) + 1 if shown in faces else 0
        face = self._faces[endpoint] = faces[after % len(faces)]
        return face

    def lost(self) -> None:
        """Note that nobody watches any more: without somebody who answers, nobody new would be let in."""
        self.trouble = self.trouble or WireError(
            f"{self._name}: the context is closed, or its thread ended by an error"
        )
        self.changed()

    def _failed(self, event: int, value: int, endpoint: str, now: float) -> None:
        failing = self._failing.setdefault(endpoint, Failing(times=0, since=now))
        failing.times += 1
        face = self._faces.get(endpoint, Face(key_id=""))
        key = f"key {face.key_id}" if face.key_id else "no key"
        if event == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
            self._blame(
                endpoint, f"{endpoint} does not let {key} in: it is missing in its list, or has another secret there"
            )
        elif value == OTHER_MECHANISM:
            self._blame(
                endpoint, f"{endpoint} has no key, or is in another mode than this end with {key}{self._because()}"
            )
        elif failing.times > 1 and now - failing.since >= 0.5:
            # One alone may be a server that was just ending.
            expected = _expected(face) + self._because()
            why = os.strerror(value) if event == zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL else f"protocol error {value:#x}"
            self._blame(
                endpoint,
                f"{endpoint} broke {failing.times} handshakes with {key} off ({why}): {expected}",
            )

    def _blame(self, endpoint: str, problem: str) -> None:
        self.trouble = KeyWrong(f"{self._name}: {problem}")
        self.blamed = endpoint
        self._complaints.say(str(self.trouble))
        self.changed()

    def _why_turned_away(self, event: int, value: int) -> str:
        if event == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
            return "its key is not on the list"
        if value == OTHER_MECHANISM:
            return f"it has no key, or is in another mode{self._because()}"
        if event == zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL:
            return f"it does not know the key of this end, or does not speak the protocol ({value:#x})"
        return f"it ended the handshake ({os.strerror(value)})"

    def _because(self) -> str:
        return f"; {self.why}" if self.why else ""


def _expected(face: Face) -> str:
    if face.expects:
        return f"it does not have the pair of public key {face.expects}, or is in another mode"
    if face.key_id:
        return "it does not have this key, or is in another mode"
    return "it does not answer as a socket of this mode"

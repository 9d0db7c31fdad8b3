"""Changes pyzmq (23 or newer) so that sockets get CURVE and bind where the policy says, whatever the program asks.

A shielded socket binds as a CURVE server that asks for every client, and connects as a CURVE client. The options are
there while libzmq reads them, for one bind or connect; afterwards the program sees of its socket what it set itself.

- Shielded: every transport over which connections can come from elsewhere, and `ipc://@name`, which anybody on the host
  can reach. `inproc://` stays in the process. For `ipc://` paths the file system's modes say who may connect, so they
  get no CURVE; a path that others could connect to is closed to them.
- Left to the program, and told as `shield-left`: sockets that it gave CURVE, PLAIN or GSSAPI, since their peers have
  its keys and not ours, and STREAM sockets, which don't speak ZeroMQ's protocol. The program's authenticator is asked
  for them; as long as there is none, nobody is let in.
- Refused with ShieldError: transports that can't carry keys (`udp`, `pgm`, `epgm`, `norm`).
"""

import atexit
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from threading import RLock
from types import ModuleType
from typing import Any, Final, TypeAlias

from ..errors import ShieldError
from .addresses import Narrowing, parsed
from .curve import Curve, Tell, public_by
from .curve_keys import CurveKeys
from .doorkeeper import PROGRAM, Doorkeeper
from .zap import DOMAIN, ENDPOINT, LOCAL_DOMAIN, OWN

Call: TypeAlias = Callable[[Any, str], Any]
"""pyzmq's own bind, connect or unbind."""
WITHOUT_KEYS: Final = {"udp", "pgm", "epgm", "norm"}
_MARK: Final = "_gnomon_shield"
_NARROWED: Final = "_gnomon_narrowed"
"""Where a socket keeps what it was asked to bind, and what libzmq calls what it bound instead."""


def patch(zmq: ModuleType, keys: CurveKeys | None, narrow: Mapping[str, str], tell: Tell) -> None:
    """Shields all sockets that bind or connect from now on; a second time, nothing. Raises ShieldError.

    Without `keys`, binds are narrowed and nothing else is done.
    """
    if hasattr(zmq.Socket.bind, _MARK):
        return
    narrowing = Narrowing(narrow)
    shield = Shield(zmq, _curve(zmq, keys, tell) if keys is not None else None, narrowing, tell)
    for name, instead in (("bind", shield.bind), ("connect", shield.connect), ("unbind", shield.unbind)):
        setattr(zmq.Socket, name, _instead(getattr(zmq.Socket, name), instead))
    if keys is not None:
        zmq.Context.term = _leaving_first(zmq.Context.term, shield)
        atexit.register(shield.end)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=shield.forget)


class Shield:
    """What the changed methods of sockets do. Safe to be used by several threads, as contexts are."""

    def __init__(self, zmq: ModuleType, curve: Curve | None, narrowing: Narrowing, tell: Tell) -> None:
        self._zmq = zmq
        self._curve = curve
        self._narrowing = narrowing
        self._tell = tell
        # Past what else is changed about sockets: the libzmq socket's options, not an object's.
        self._get, self._set = zmq.backend.Socket.get, zmq.backend.Socket.set
        self._doorkeepers: dict[int, Doorkeeper] = {}
        """By address of the libzmq context: several objects may stand for one."""
        self.forget()

    def bind(self, socket: Any, asked: str, call: Call) -> Any:
        """Bind where the policy says, with keys."""
        if asked == ENDPOINT and self._curve is not None:
            return self._bind_authenticator(socket, call)
        endpoint = self._narrowing.applied(asked)
        with self._shown(socket, endpoint, "bind"):
            bound = call(socket, endpoint)
        if endpoint != asked:
            # What libzmq calls it: to unbind, it looks up no names of interfaces.
            names = vars(socket).setdefault(_NARROWED, {})
            names[asked] = names[endpoint] = self._last_endpoint(socket)
            self._tell("bind-narrowed", **{"from": asked, "to": endpoint})
        if self._curve is not None and _is_path(endpoint):
            self._close_path(socket)
        return bound

    def connect(self, socket: Any, endpoint: str, call: Call) -> Any:
        """Connect with keys."""
        with self._shown(socket, endpoint, "connect"):
            return call(socket, endpoint)

    def unbind(self, socket: Any, asked: str, call: Call) -> Any:
        """Unbind what was bound when the program asked for it."""
        if asked == ENDPOINT and self._curve is not None:
            return call(socket, PROGRAM)
        return call(socket, vars(socket).get(_NARROWED, {}).get(asked, asked))

    def leaving(self, context: Any) -> None:
        """The context is about to be terminated by this thread."""
        doorkeeper = self._doorkeepers.get(context.underlying)
        if doorkeeper is not None:
            doorkeeper.leave_if_mine()

    def end(self) -> None:
        """Ends all threads: afterwards the interpreter stops them, and a context that is left would wait for them."""
        for doorkeeper in list(self._doorkeepers.values()):
            doorkeeper.stop()

    def forget(self) -> None:
        """A forked child has no threads, and contexts of its own."""
        self._lock = RLock()  # a thread that the child does not have may hold the other one
        self._doorkeepers.clear()

    @contextmanager
    def _shown(self, socket: Any, endpoint: str, role: str) -> Iterator[None]:
        """While libzmq reads a socket's options for a bind or connect, they are those of the endpoint.

        1. Where no connection can come from elsewhere, there are no keys.
        2. What can't have keys is not opened.
        3. What the program gave keys is left as it is, and somebody answers for it.
        4. All else gets ours; a server only when somebody answers for it.
        """
        transport = parsed(endpoint).transport
        # 1.
        if self._curve is None or transport == "inproc":
            yield
            return
        if _is_path(endpoint):
            if self._is_ours(self._get(socket, self._zmq.ZAP_DOMAIN)):
                self._set(socket, self._zmq.ZAP_DOMAIN, LOCAL_DOMAIN)
            yield
            return
        # 2.
        if transport in WITHOUT_KEYS:
            raise ShieldError(
                f"{transport}:// can't carry the keys of --curve ({role} {endpoint})", remedy="use tcp://"
            )
        # 3.
        if own := self._own(socket):
            if role == "bind" and own != "STREAM":
                self._doorkeeper(socket)
            self._tell("shield-left", endpoint=endpoint, role=role, mechanism=own)
            yield
            return
        # 4.
        with self._serving(socket, self._curve) if role == "bind" else self._joining(socket, self._curve):
            yield

    @contextmanager
    def _serving(self, socket: Any, curve: Curve) -> Iterator[None]:
        zmq = self._zmq
        secret = curve.server()
        self._doorkeeper(socket)
        domain, enforced = self._get(socket, zmq.ZAP_DOMAIN), self._get(socket, zmq.ZAP_ENFORCE_DOMAIN)
        own = b"" if self._is_ours(domain) else domain
        self._set(socket, zmq.ZAP_DOMAIN, DOMAIN + OWN + own if own else DOMAIN)
        # Without this, libzmq lets everybody in when nobody answers its questions.
        self._set(socket, zmq.ZAP_ENFORCE_DOMAIN, 1)
        self._set(socket, zmq.CURVE_SECRETKEY, secret)
        self._set(socket, zmq.CURVE_SERVER, 1)
        try:
            yield
        finally:
            self._set(socket, zmq.CURVE_SERVER, 0)
            if own:  # ours can't be taken away again: libzmq takes no empty one
                self._set(socket, zmq.ZAP_DOMAIN, own)
                self._set(socket, zmq.ZAP_ENFORCE_DOMAIN, enforced)

    @contextmanager
    def _joining(self, socket: Any, curve: Curve) -> Iterator[None]:
        zmq = self._zmq
        client = curve.client()
        self._set(socket, zmq.CURVE_PUBLICKEY, client.public)
        self._set(socket, zmq.CURVE_SECRETKEY, client.secret)
        self._set(socket, zmq.CURVE_SERVERKEY, client.server)
        try:
            yield
        finally:
            self._set(socket, zmq.CURVE_SERVER, 0)  # and with it, no mechanism

    def _bind_authenticator(self, socket: Any, call: Call) -> Any:
        """The program's own: it is asked by us, for what is not ours alone."""
        doorkeeper = self._doorkeeper(socket)
        bound = call(socket, PROGRAM)
        doorkeeper.program_bound()
        return bound

    def _own(self, socket: Any) -> str:
        """What the program authenticates the socket by, in place of us; empty for nothing."""
        zmq = self._zmq
        if self._get(socket, zmq.TYPE) == zmq.STREAM:
            return "STREAM"
        mechanism = self._get(socket, zmq.MECHANISM)
        names = {zmq.NULL: "", zmq.PLAIN: "PLAIN", zmq.CURVE: "CURVE", zmq.GSSAPI: "GSSAPI"}
        return names.get(mechanism, "unknown")

    def _is_ours(self, domain: bytes) -> bool:
        return domain in {DOMAIN, LOCAL_DOMAIN} or domain.startswith(DOMAIN + OWN)

    def _doorkeeper(self, socket: Any) -> Doorkeeper:
        """Who answers for the sockets of this one's context."""
        context = _context_of(socket)
        if context is None or self._curve is None:
            raise ShieldError(
                "a socket that binds was made from a bare address, so its context is not known",
                remedy="make a shadow of the zmq.Socket itself: zmq.Socket(socket)",
            )
        with self._lock:
            found = self._doorkeepers.get(context)
            if found is None or found.ended:
                found = Doorkeeper(self._zmq, context, self._curve.judge, self._tell, self._gone)
                self._doorkeepers[context] = found
            return found

    def _gone(self, doorkeeper: Doorkeeper) -> None:
        # Without the lock: who holds it may wait for this thread. The address is nobody else's until it has closed.
        if self._doorkeepers.get(doorkeeper.context) is doorkeeper:
            del self._doorkeepers[doorkeeper.context]

    def _last_endpoint(self, socket: Any) -> str:
        return os.fsdecode(self._get(socket, self._zmq.LAST_ENDPOINT))

    def _close_path(self, socket: Any) -> None:
        """Nobody else may connect: for that, Linux asks for the right to write to the path."""
        endpoint = self._last_endpoint(socket)
        path = Path(endpoint.removeprefix("ipc://"))
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o022:
            path.chmod(mode & ~0o022)
            self._tell("bind-narrowed", **{"from": f"{endpoint} mode {mode:04o}", "to": f"mode {mode & ~0o022:04o}"})


def _curve(zmq: ModuleType, keys: CurveKeys, tell: Tell) -> Curve:
    """Raises ShieldError if this pyzmq has no CURVE, or the keys are good for neither end."""
    if zmq.zmq_version_info() < (4, 3) or not zmq.has("curve"):
        raise ShieldError(
            f"--curve needs a libzmq of 4.3 or newer with CURVE; this one is {zmq.zmq_version()}",
            remedy="pip install --upgrade pyzmq",
        )
    curve = Curve(keys, public_by(zmq.curve_public), tell)
    try:
        curve.server()
    except ShieldError:
        curve.client()
    return curve


def _instead(original: Any, do: Callable[[Any, str, Call], Any]) -> Any:
    @wraps(original)
    def changed(self: Any, addr: Any) -> Any:
        if isinstance(addr, bytes):  # a path need not be UTF-8
            text = addr.decode("utf-8", "surrogateescape")
            return do(self, text, lambda socket, to: original(socket, to.encode("utf-8", "surrogateescape")))
        # What is no text is pyzmq's to refuse.
        return do(self, addr, original) if isinstance(addr, str) else original(self, addr)

    setattr(changed, _MARK, True)
    return changed


def _leaving_first(original: Any, shield: Shield) -> Any:
    @wraps(original)
    def term(self: Any) -> Any:
        shield.leaving(self)
        return original(self)

    return term


def _is_path(endpoint: str) -> bool:
    """True for a path in the file system; `ipc://@name` is none."""
    transport, _, path = endpoint.partition("://")
    return transport == "ipc" and not path.startswith("@")


def _context_of(socket: Any) -> int | None:
    """Address of the libzmq context. A shadow of another object of pyzmq knows it by that one."""
    while socket is not None and not isinstance(socket, int):
        if socket.context is not None:
            found: int = socket.context.underlying
            return found
        held = vars(socket)
        socket = held.get("_shadow_sock") or held.get("_shadow_obj")
    return None

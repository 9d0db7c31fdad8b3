"""Contexts: one mode, one ring of keys and one set of message types for all sockets of a process."""

import os
import threading
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self, TypeVar, cast, get_args

import zmq
from msgspec import Struct

from gnomon.wire.auto import AnyMode, chosen, encrypting
from gnomon.wire.codec import Codec
from gnomon.wire.errors import KeyMissing, Refused, WireError
from gnomon.wire.keys import KeyRing
from gnomon.wire.limits import DEFAULT, Limits
from gnomon.wire.live_ring import LiveRing, given
from gnomon.wire.local import default_folder
from gnomon.wire.mechanism import Curve, Greeting, Local, Mechanism, Mode
from gnomon.wire.port import Port, Settings
from gnomon.wire.socket import Socket
from gnomon.wire.stats import LOG
from gnomon.wire.tls.settings import Tls
from gnomon.wire.watch import Watch

GRACE_S = 5.0
"""How long after linger_s libzmq is waited for."""
AnyPort = TypeVar("AnyPort", bound=Port)


class _Parts(Struct):
    """What a context holds, apart from itself, so that it can be ended when it is forgotten."""

    raw: "zmq.Context[zmq.Socket[bytes]]"
    watch: Watch | None
    """None in mode `tls`, which has no sockets of libzmq's."""
    ports: "weakref.WeakSet[Port]"
    linger_s: float
    process: int
    ended: bool = False


class BaseContext:
    """What blocking and asyncio contexts have in common."""

    _instance: ClassVar["BaseContext | None"] = None

    def __init__(  # noqa: PLR0913 (given by name, as options are)
        self,
        io_threads: int = 1,
        *,
        mode: AnyMode = "curve",
        keys: KeyRing | Callable[[], KeyRing] | None = None,
        codec: Codec | None = None,
        limits: Limits | None = None,
        tls: Tls | None = None,
        folder: str | os.PathLike[str] | None = None,
        greeting: bool = True,
        handshake_s: float = 10.0,
        linger_s: float = 5.0,
        max_age_s: float = 300.0,
        window: int = 1024,
        on_refused: Callable[[Refused], None] | None = None,
    ) -> None:
        """`mode` is curve, sealed, local, tls or auto; without `keys`, those of the variable GNOMON_KEYS are used.

        `auto` is sealed where the codec's types declare arrays or tensors, else curve; then each shared key has to be
        for AES-256-GCM. Which it is, the property `mode` says.
        `keys` may be a function that reads them: it is called again every ten seconds, at most once a second while
        somebody has a key that is not on the ring, and by `reload_keys`; by other threads, and it should not wait.
        `codec` has the types of messages. `tls`: certificates in place of keys, for mode `tls`. `folder`: where mode
        `local` has its sockets. `greeting`: in mode `sealed`, whether connections prove a key, which a broker without
        one can't. `handshake_s`: within it a missing or wrong key is an error. `linger_s`: how long closing waits for
        what was sent last. `max_age_s`: in mode `sealed`, how old a message may be, and `window`: how many later ones
        of its sender may have come before it, 0 for order alone. `on_refused` is called with each message that is
        dropped, by the thread that receives.
        Raises KeyMissing without keys or certificates, what `keys` raises, and WireError for a mode that there is not.
        """
        if mode not in get_args(AnyMode):
            raise WireError(f"there is no mode {mode!r}; there are: {', '.join(get_args(AnyMode))}")
        _check_tls(mode, keys, tls)
        limits = limits or (codec.limits if codec is not None else DEFAULT)
        codec = codec if codec is not None else Codec(limits=limits)
        why = ""
        if mode == "auto":
            mode, why = chosen(codec)
            keys = encrypting(keys, why) if mode == "sealed" else keys
            LOG.info(why)
        ring = LiveRing(KeyRing()) if mode in {"local", "tls"} and keys is None else given(keys)
        self._settings = Settings(
            mode=mode,
            why=why,
            keys=ring,
            seals=mode == "sealed",
            mechanism=_mechanism(mode, ring, greets=greeting),
            codec=codec,
            limits=limits,
            folder=Path(folder) if folder is not None else default_folder(),
            handshake_s=handshake_s,
            linger_s=linger_s,
            max_age_s=max_age_s,
            window=window,
            on_refused=on_refused,
            tls=tls,
        )
        raw: zmq.Context[zmq.Socket[bytes]] = zmq.Context(io_threads)
        self._parts = _Parts(
            raw=raw,
            watch=_watch(raw, self._settings) if tls is None else None,
            ports=weakref.WeakSet(),
            linger_s=linger_s,
            process=os.getpid(),
        )
        self._end = weakref.finalize(self, _ended, self._parts)

    def _check(self) -> None:
        if self._parts.ended:
            raise WireError("the context is closed")
        if self.foreign:
            raise WireError("the context was made before fork: make one in the child")

    def _made(self, made: type[AnyPort], kind: int, channel: str) -> AnyPort:
        self._check()
        watch = cast("Watch", self._parts.watch)  # modes with sockets of libzmq's have one
        return self._kept(made(self._parts.raw, watch, self._settings, kind, channel.encode()))

    def _kept(self, port: AnyPort) -> AnyPort:
        port.context = self  # a socket keeps its context, which would end with it otherwise
        self._parts.ports.add(port)
        return port

    @classmethod
    def instance(
        cls,
        io_threads: int = 1,
        *,
        mode: AnyMode = "curve",
        keys: KeyRing | Callable[[], KeyRing] | None = None,
        codec: Codec | None = None,
    ) -> Self:
        """The process's one context of this class. The first call makes it, as it says; what others say is ignored."""
        there: Self | None = cls.__dict__.get("_instance")
        if there is None or there.closed or there.foreign:
            there = cls(io_threads, mode=mode, keys=keys, codec=codec)
            cls._instance = there
        return there

    def close(self) -> None:
        """Closes all sockets and ends the context, within linger_s and a few seconds. What waits in them raises."""
        self._end()

    def reload_keys(self) -> bool:
        """Reads the keys again, if `keys` is a function. True if they are others now; all sockets use those at once.

        Raises what that function raises, and then nothing changes. Who is connected stays so in mode `curve`, also
        with a key that is gone: close the socket to end that.
        """
        self._check()
        return self._settings.keys.reload()

    term = close

    def destroy(self, linger: int | None = None) -> None:
        """As `close`; what was sent is delivered within `linger` milliseconds, if that is given."""
        if linger is not None and not self.foreign:
            for port in list(self._parts.ports):
                port.close(linger)
        self._end()

    @property
    def mode(self) -> Mode:
        """The mode of its sockets; in place of `auto`, the one that was chosen."""
        return self._settings.mode

    @property
    def foreign(self) -> bool:
        """True in a forked child of the process that made it."""
        return self._parts.process != os.getpid()

    @property
    def closed(self) -> bool:
        """True after `close`."""
        return self._parts.ended

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Context(BaseContext):
    """A context for blocking sockets: `zmq.Context` for code that used send_pyobj and recv_pyobj."""

    def socket(self, kind: int, *, channel: str = "") -> Socket:
        """A socket of pyzmq's type `kind`. In mode `sealed`, messages of one `channel` are refused by others."""
        if self._settings.tls is not None:
            from gnomon.wire.tls.socket import TlsSocket

            self._check()
            return self._kept(TlsSocket(self._settings, self._settings.tls, kind, channel.encode()))
        return self._made(Socket, kind, channel)


def _watch(raw: "zmq.Context[zmq.Socket[bytes]]", settings: Settings) -> Watch:
    keys, mechanism = settings.keys, settings.mechanism

    def judge(name: bytes, credentials: Sequence[bytes]) -> str | None:
        known = mechanism.judge(name, credentials)
        return mechanism.judge(name, credentials) if known is None and keys.look() else known

    return Watch(raw, judge, keys.pulse if keys.rereads else None)


def _mechanism(mode: Mode, ring: LiveRing, *, greets: bool) -> Mechanism:
    if mode == "curve":
        return Curve(ring)
    return Greeting(ring, greets=greets) if mode == "sealed" else Local()


def _check_tls(mode: AnyMode, keys: KeyRing | Callable[[], KeyRing] | None, tls: Tls | None) -> None:
    if mode == "tls" and tls is None:
        raise KeyMissing("mode 'tls' needs certificates: Context(mode='tls', tls=Tls(certificate=…, key=…, ca=…))")
    if mode == "tls" and keys is not None:
        raise WireError("mode 'tls' has certificates and no keys: leave `keys` out")
    if mode != "tls" and tls is not None:
        raise WireError(f"`tls` is for mode 'tls', not for {mode!r}")


def _ended(parts: _Parts) -> None:
    """End a context so that nothing waits for ever.

    1. Sockets that other threads wait in are told to stop, and given time for it.
    2. All are closed, then the thread that watches them.
    3. libzmq delivers what was sent last, for at most linger_s. Its call has no deadline, so it gets a thread.
    """
    if parts.ended or parts.process != os.getpid():
        return
    parts.ended = True
    ports = list(parts.ports)
    # 1.
    for port in ports:
        port.stop()
    # 2.
    for port in ports:
        port.close()
    if parts.watch is not None:
        parts.watch.stop()
    # 3.
    ending = threading.Thread(target=parts.raw.term, name="gnomon.wire end", daemon=True)
    try:
        ending.start()
    except RuntimeError:
        # Python 3.12 starts no thread at its end. Every socket is closed, so linger_s bounds this call as well.
        parts.raw.term()
        return
    ending.join(parts.linger_s + GRACE_S)
    if ending.is_alive():
        LOG.error("a context could not be ended: libzmq waits for a socket that somebody else still has")

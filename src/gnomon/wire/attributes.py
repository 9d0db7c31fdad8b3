"""Options as attributes, as pyzmq's sockets have them, and what to write in place of what these here don't have."""

from typing import TYPE_CHECKING, Protocol

import zmq

METHODS = {zmq.SUBSCRIBE, zmq.UNSUBSCRIBE}
"""Options whose names in small letters are methods of a socket."""


class _Optioned(Protocol):
    def setsockopt(self, option: int, value: int | bytes | str) -> None: ...

    def getsockopt(self, option: int) -> int | bytes: ...


class _Option:
    """One option. Without it, `socket.rcvtimeo = 500` would set an attribute that nobody reads."""

    def __init__(self, option: int) -> None:
        self._option = option

    def __get__(self, socket: _Optioned | None, _: type) -> object:
        return self if socket is None else socket.getsockopt(self._option)

    def __set__(self, socket: _Optioned, value: int | bytes | str) -> None:
        socket.setsockopt(self._option, value)


class Attributes:
    """Every option of libzmq by its name, `linger` and `LINGER`: the same as `setsockopt` and `getsockopt`."""

    if TYPE_CHECKING:  # those that are set most often; all others are there as well
        linger: int
        rcvhwm: int
        rcvtimeo: int
        routing_id: bytes
        sndhwm: int
        sndtimeo: int
    else:

        def __getattr__(self, name: str) -> object:
            if hasattr(zmq.Socket, name):
                raise AttributeError(f"a socket of gnomon.wire has no {name}: {_instead(name)}", name=name, obj=self)
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)


def _instead(name: str) -> str:
    if name in {"poll", "fileno"}:
        return "recv_obj takes timeout_s=…, and the Poller of gnomon.wire.zmq waits for several blocking sockets"
    if name.startswith(("send", "recv")):
        return "send_obj and recv_obj take and give typed objects, bytes and texts too; recv_from tells who sent"
    return "docs/from-pickle.md lists what is there, and what to write instead"


for _name, _option in zmq.SocketOption.__members__.items():  # older names of an option too, such as IDENTITY
    setattr(Attributes, _name, _Option(_option))
    if _option not in METHODS:
        setattr(Attributes, _name.lower(), _Option(_option))

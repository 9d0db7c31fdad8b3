"""Who is at the other end of a connection that stands near a refused load: looked for only once a load was refused."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from types import FrameType
from typing import Any, Final

from ..sites import is_plumbing

OUTWARDS: Final = 8
"""Functions that are looked at, from the load outwards: beyond them a socket may be another request's."""


def peer_near(frame: FrameType | None) -> str:
    """`host:port` of the first connected socket among the variables of the functions around a load; or empty.

    It is a clue: the socket that a function holds is most likely the one that it received from.
    """
    for value in _nearby(frame):
        with suppress(Exception):
            if address := _address(value):
                return address
    return ""


def _nearby(frame: FrameType | None) -> Iterator[Any]:
    for _ in range(OUTWARDS):
        if frame is None:
            return
        # asyncio's own plumbing holds the loop's self-pipe, and multiprocessing's the connection that we look for.
        if not is_plumbing(frame) or str(frame.f_globals.get("__name__")).startswith("multiprocessing"):
            own = frame.f_locals
            yield from list(own.values())
            yield from list(getattr(own.get("self"), "__dict__", {}).values())
        frame = frame.f_back


def _address(value: Any) -> str:
    socket = sys.modules.get("socket")
    if socket is None:
        return ""
    if isinstance(value, socket.socket):
        return _written(value.getpeername())
    if hasattr(value, "get_extra_info"):  # a writer or transport of asyncio
        return _written(value.get_extra_info("peername"))
    if type(value).__name__ == "StreamReader":
        return _written(value._transport.get_extra_info("peername"))
    if type(value).__module__ == "multiprocessing.connection" and hasattr(value, "fileno"):
        import os

        with socket.socket(fileno=os.dup(value.fileno())) as same:
            return _written(same.getpeername())
    return ""


def _written(address: object) -> str:
    match address:
        case (str() as host, int() as port, *_):
            return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        case _:
            return ""

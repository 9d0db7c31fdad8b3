"""A factory in another module: its bind argument, or else the socket type, decides between bind and connect."""

from typing import Optional, Union

import zmq
import zmq.asyncio


def make_zmq_socket(
    ctx: Union[zmq.asyncio.Context, zmq.Context],
    path: str,
    socket_type: int,
    bind: Optional[bool] = None,
    identity: Optional[bytes] = None,
) -> Union[zmq.Socket, zmq.asyncio.Socket]:
    socket = ctx.socket(socket_type)
    buf_size = int(0.5 * 1024**3)
    if bind is None:
        bind = socket_type not in (zmq.PUSH, zmq.SUB, zmq.XSUB)
    if socket_type in (zmq.PULL, zmq.DEALER, zmq.ROUTER):
        socket.setsockopt(zmq.RCVHWM, 0)
        socket.setsockopt(zmq.RCVBUF, buf_size)
    if identity is not None:
        socket.setsockopt(zmq.IDENTITY, identity)
    if bind:
        socket.bind(path)
    else:
        socket.connect(path)
    return socket

"""The socket is yielded by a context manager; by its type it binds or connects."""

from contextlib import contextmanager

import zmq


@contextmanager
def zmq_socket_ctx(path: str, socket_type, bind: bool = False, linger: int = 0):
    ctx = zmq.Context()
    socket = ctx.socket(socket_type)
    try:
        if bind:
            socket.bind(path)
        else:
            socket.connect(path)
        yield socket
    finally:
        ctx.destroy(linger=linger)

"""A positional flag decides between bind and connect; the socket is stored by another class."""

import zmq


def get_zmq_socket(context: zmq.Context, socket_type, endpoint: str, bind: bool):
    socket = context.socket(socket_type)
    socket.setsockopt(zmq.LINGER, 0)
    if bind:
        socket.bind(endpoint)
    else:
        socket.connect(endpoint)
    return socket

"""Reduced from https://pypi.org/project/sglang/0.5.5/ (srt/utils/common.py): without an address a
pair of port and socket is handed out, with one the socket alone. So who gets the socket alone has given an address."""

from typing import Optional

import zmq


def get_zmq_socket(context: zmq.Context, socket_type, endpoint: Optional[str] = None, bind: bool = True):
    socket = context.socket(socket_type)

    if endpoint is None:
        port = socket.bind_to_random_port("tcp://*")
        return port, socket
    else:
        if bind:
            socket.bind(endpoint)
        else:
            socket.connect(endpoint)
        return socket

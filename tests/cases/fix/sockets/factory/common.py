import zmq


def make_socket(context, address, kind, bind):
    socket = context.socket(kind)
    if kind == zmq.PUSH:
        socket.setsockopt(zmq.SNDHWM, 0)
    else:
        socket.setsockopt(zmq.RCVHWM, 0)
    if bind:
        socket.bind(address)
    else:
        socket.connect(address)
    return socket

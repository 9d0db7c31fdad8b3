import zmq

import places


def ask(socket, value, stop=False):
    socket.send_pyobj({"value": value, "stop": stop})
    return socket.recv_pyobj()


with zmq.Context() as context, context.socket(zmq.REQ) as socket:
    socket.setsockopt_string(zmq.IDENTITY, "asker")
    socket.rcvtimeo = 20_000
    socket.connect(places.ADDRESS)
    print(ask(socket, 21)["double"], ask(socket, 4)["double"], ask(socket, 0, stop=True))

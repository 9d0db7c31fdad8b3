import zmq

from restricted import loads, loads_got, loads_mapped


def serve(port):
    sock = zmq.Context.instance().socket(zmq.PULL)
    sock.bind(f"tcp://*:{port}")
    while True:
        yield loads(sock.recv())
        yield loads_mapped(sock.recv())
        yield loads_got(sock.recv())

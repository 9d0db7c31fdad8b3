import zmq

from signing import asserted_loads, loads, strict_loads


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.REP)
    sock.bind("tcp://*:8609")
    while True:
        yield loads(sock.recv())
        yield asserted_loads(sock.recv())
        yield strict_loads(sock.recv())

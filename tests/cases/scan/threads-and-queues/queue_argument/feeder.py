"""The producing end of the queue."""

import zmq


def feed(outbox):
    sock = zmq.Context().socket(zmq.SUB)
    sock.bind("tcp://0.0.0.0:6301")
    sock.setsockopt(zmq.SUBSCRIBE, b"")
    while True:
        outbox.put(sock.recv())

import pickle

import zmq

from messages import loads, plain, settings, tensor


def serve(port):
    sock = zmq.Context.instance().socket(zmq.PULL)
    sock.bind(f"tcp://*:{port}")
    while True:
        yield loads(sock.recv())
        yield tensor(sock.recv())
        yield settings(sock.recv())
        yield plain(sock.recv())
        yield pickle.loads(sock.recv())  # finding: pickle-over-network any-host critical auth=none incomplete=none

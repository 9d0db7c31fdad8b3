"""A file in an older syntax doesn't hide its neighbour."""

import pickle

import zmq


def run(port):
    sock = zmq.Context().socket(zmq.PULL)
    sock.bind("tcp://*:%d" % port)
    return pickle.loads(sock.recv())  # finding: pickle-over-network any-host critical

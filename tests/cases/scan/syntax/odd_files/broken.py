# syntax: broken
import pickle

import zmq


def run(:
    sock = zmq.Context().socket(zmq.PULL
    sock.bind("tcp://*:8905")
    return pickle.loads(sock.recv())  # finding: pickle-over-network maybe

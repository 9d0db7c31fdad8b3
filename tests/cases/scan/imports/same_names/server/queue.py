"""Modules, classes and functions of the same name in different packages are kept apart."""

import pickle

import zmq


class Queue:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:9004")

    def get(self):
        return pickle.loads(self.sock.recv())  # finding: pickle-over-network any-host critical


def decode(blob):
    return pickle.loads(blob)  # safe: pickle-over-network

"""The program itself makes no pipe: its users do, and give the address; what a test gives is theirs to change."""

import pickle

import zmq


class Pipe:
    def __init__(self, address: str):
        self.socket = zmq.Context.instance().socket(zmq.PULL)
        self.socket.bind(address)

    def read(self):
        return pickle.loads(self.socket.recv())  # finding: pickle-over-network configurable high role=bind


class Fixed:
    def __init__(self, address: str):
        self.socket = zmq.Context.instance().socket(zmq.PULL)
        self.socket.bind(address)

    def read(self):
        return pickle.loads(self.socket.recv())  # finding: pickle-over-network this-host medium role=bind


def serve():
    return Fixed("tcp://127.0.0.1:5002")

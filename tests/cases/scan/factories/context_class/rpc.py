"""A class is the context manager: entering it gives the socket, or gives itself with the socket inside."""

import pickle

import zmq


class BoundSocket:
    def __init__(self, address):
        self.address = address
        self.context = zmq.Context()

    def __enter__(self):
        self.socket = self.context.socket(zmq.REP)
        self.socket.bind(self.address)
        return self.socket

    def __exit__(self, *exc):
        self.socket.close(0)


class Channel:
    def __init__(self, port):
        self.port = port

    def __enter__(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind(f"tcp://127.0.0.1:{self.port}")
        return self

    def __exit__(self, *exc):
        self.sock.close()

    def receive(self):
        return pickle.loads(self.sock.recv())  # finding: pickle-over-network this-host medium


def once():
    with BoundSocket("tcp://*:6789") as sock:
        return pickle.loads(sock.recv())  # finding: pickle-over-network any-host critical


def local():
    with Channel(6790) as channel:
        return channel.receive()

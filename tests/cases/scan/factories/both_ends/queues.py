"""One class for both ends of a channel: that one of its sockets can't receive says nothing of the other one's."""

import pickle

import zmq


class Queue:
    def __init__(self, context: zmq.Context, kind: int, address: str):
        self._socket = context.socket(kind)
        self._socket.bind(address)

    def get(self):
        return self._socket.recv_pyobj()  # finding: pickle-over-network any-host critical role=bind

    def get_later(self):
        return pickle.loads(self._socket.recv())  # finding: pickle-over-network any-host critical role=bind


class Outbox:
    def __init__(self, context: zmq.Context, kind: int, address: str):
        self._sender = context.socket(kind)
        self._sender.bind(address)

    def get(self):
        return self._sender.recv_pyobj()  # safe: pickle-over-network


def queues():
    context = zmq.Context()
    Queue(context, zmq.PUSH, "ipc:///run/there"), Queue(context, zmq.PULL, "tcp://*:5620")
    Outbox(context, zmq.PUSH, "tcp://*:5621"), Outbox(context, zmq.PUB, "tcp://*:5622")

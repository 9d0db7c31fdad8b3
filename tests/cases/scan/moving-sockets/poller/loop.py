"""The poller hands back the sockets that were registered with it."""

import pickle

import zmq


class Loop:
    def __init__(self):
        context = zmq.Context()
        self.inbox = context.socket(zmq.PULL)
        self.inbox.bind("tcp://*:9300")
        self.poller = zmq.Poller()
        self.poller.register(self.inbox, zmq.POLLIN)
        self.local_poller = zmq.Poller()
        local = context.socket(zmq.PULL)
        local.bind("ipc:///tmp/loop")
        self.local_poller.register(local, zmq.POLLIN)

    def run(self):
        while True:
            for sock, event in self.poller.poll(1000):
                yield pickle.loads(sock.recv())  # finding: pickle-over-network any-host critical source=zmq
            for sock, event in self.local_poller.poll(0):
                yield pickle.loads(sock.recv())  # finding: pickle-over-network this-host medium source=zmq
            if dict(self.poller.poll(0)).get(self.inbox) == zmq.POLLIN:
                yield self.inbox.recv_pyobj()  # finding: pickle-over-network any-host critical source=zmq

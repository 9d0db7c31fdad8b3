"""The receive is in one mixin, the load in another, and only the class that has both joins them."""

import pickle

import zmq


class Receiving:
    def open(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind(self.ADDRESS)

    def next_frame(self):
        return self.sock.recv()


class Decoding:
    def next(self):
        return pickle.loads(self.next_frame())  # finding: pickle-over-network any-host critical source=zmq


class Consumer(Receiving, Decoding):
    ADDRESS = "tcp://*:6200"

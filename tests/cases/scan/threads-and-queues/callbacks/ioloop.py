"""A stream calls back with the frames it received."""

import pickle

import zmq
from zmq.eventloop.zmqstream import ZMQStream


class Handler:
    def __init__(self):
        context = zmq.Context.instance()
        sock = context.socket(zmq.ROUTER)
        sock.bind("tcp://*:6400")
        self.stream = ZMQStream(sock)
        self.stream.on_recv(self.on_message)
        other = context.socket(zmq.PULL)
        other.bind("tcp://127.0.0.1:6401")
        self.other = ZMQStream(other)
        self.other.on_recv(lambda frames: self.handle(pickle.loads(frames[0])))  # finding: pickle-over-network this-host medium

    def on_message(self, frames):
        identity, body = frames
        self.handle(pickle.loads(body))  # finding: pickle-over-network any-host critical source=zmq

    def handle(self, message):
        print(message)

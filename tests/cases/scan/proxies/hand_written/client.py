"""A proxy written as a loop: what a task in this process receives came from outside."""

import pickle

import zmq

INSIDE = "inproc://requests"


class Client:
    def __init__(self, path):
        self.context = zmq.Context()
        self.outside = self.context.socket(zmq.DEALER)
        self.outside.bind("tcp://0.0.0.0:5555")
        self.inside = self.context.socket(zmq.ROUTER)
        self.inside.bind(INSIDE)

    def run(self):
        self.forward(self.inside, self.outside)

    def forward(self, one, other):
        while True:
            identity, message = one.recv_multipart()
            other.send_multipart([identity, message])
            identity, message = other.recv_multipart()
            one.send_multipart([identity, message])

    def ask(self):
        socket = self.context.socket(zmq.DEALER)
        socket.connect(INSIDE)
        return pickle.loads(socket.recv())  # finding: pickle-over-network any-host critical source=zmq

"""The attribute that is read is never assigned in this file's neighbour: a base class elsewhere makes the socket."""

import zmq


class CheckpointEngine:
    def __init__(self, address):
        self.address = address

    def init_group(self, master):
        context = zmq.Context()
        if master is None:
            self.socket = context.socket(zmq.PUB)
            self.socket.bind("tcp://*:5700")
        else:
            self.socket = context.socket(zmq.SUB)
            self.socket.connect(f"tcp://{master}:5700")

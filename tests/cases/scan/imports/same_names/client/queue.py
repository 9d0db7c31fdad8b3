import json

import zmq


class Queue:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:9005")

    def get(self):
        return decode(self.sock.recv())  # safe: pickle-over-network


def decode(blob):
    return json.loads(blob)

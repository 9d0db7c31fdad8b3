"""What is incomplete stays so, and is seen, where it sits a function or a file deeper."""

import zmq

from codec import Codec, decode, decode_verified


class Server:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8618")
        self.codec = Codec()

    def run(self):
        while True:
            yield self.codec.loads(self.sock.recv())
            yield decode(self.sock.recv())
            yield decode_verified(self.sock.recv())

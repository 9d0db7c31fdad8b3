import zmq

import engine

from ... import decode


class Worker:
    def run(self):
        sock = zmq.Context.instance().socket(zmq.PULL)
        sock.bind("ipc:///tmp/gpu")
        while True:
            yield decode(sock.recv())
            yield engine.decode_strict(sock.recv())

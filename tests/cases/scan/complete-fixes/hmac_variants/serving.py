import zmq

from keys import Ring, Signer

SIGNER = Signer.from_environment()


class Server:
    def __init__(self):
        self.ring = Ring()
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8730")

    def run(self):
        while True:
            yield SIGNER.loads(self.sock.recv())
            yield self.ring.loads(self.sock.recv())
            yield self.ring.all_of(self.sock.recv())
            yield self.ring.any_of(self.sock.recv())

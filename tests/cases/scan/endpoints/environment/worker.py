"""An environment variable decides, with or without a fallback: configurable."""

import os
import pickle

import zmq

LISTEN_HOST = os.environ.get("ENGINE_HOST", "0.0.0.0")
LISTEN_PORT = int(os.getenv("ENGINE_PORT", "6200"))


def serve():
    sock = zmq.Context.instance().socket(zmq.REP)
    sock.bind("tcp://{}:{}".format(LISTEN_HOST, LISTEN_PORT))
    while True:
        sock.send_pyobj(pickle.loads(sock.recv()))  # finding: pickle-over-network configurable high role=bind


class Executor:
    def __init__(self):
        addresses = os.environ["ENGINE_ZMQ_ADDRESSES"].split(",")
        self.sockets = []
        for address in addresses:
            socket = zmq.Context.instance().socket(zmq.REQ)
            socket.connect(address)
            self.sockets.append(socket)

    def collective_rpc(self, method, args=()):
        message = pickle.dumps((method, args))
        for socket in self.sockets:
            socket.send(message, zmq.DONTWAIT)
        outputs = []
        for socket in self.sockets:
            outputs.append(pickle.loads(socket.recv()))  # finding: pickle-over-network configurable high role=connect
        return outputs

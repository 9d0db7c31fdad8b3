"""A socket known only by its annotation: that it is read is certain, who reaches it is unknown."""

import pickle

import zmq


def get_work(socket: zmq.Socket):
    identity, payload = socket.recv_multipart()
    return identity, pickle.loads(payload)  # finding: pickle-over-network unknown high source=zmq


class Plugin:
    control: zmq.Socket

    def poll(self):
        return self.control.recv_pyobj()  # finding: pickle-over-network unknown high source=zmq

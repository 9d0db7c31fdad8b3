"""A poll, a timeout and a try/else between the receive and the load change nothing."""

import pickle

import zmq


class ReplyStream:
    socket: zmq.Socket

    def __init__(self, peers):
        ctx = zmq.Context.instance(io_threads=1)
        socket: zmq.Socket = ctx.socket(zmq.PULL)
        socket.setsockopt(zmq.LINGER, 0)
        self.port = socket.bind_to_random_port("tcp://*")
        self.socket = socket
        self.poller = zmq.Poller()
        self.poller.register(socket, zmq.POLLIN)
        self.peers = peers

    def poll(self, timeout_ms=100):
        if not dict(self.poller.poll(timeout_ms)).get(self.socket):
            return None
        try:
            data = self.socket.recv(zmq.NOBLOCK)
        except zmq.ZMQError as error:
            raise TimeoutError from error
        else:
            reply = pickle.loads(data)  # finding: pickle-over-network any-host critical role=bind
        return reply

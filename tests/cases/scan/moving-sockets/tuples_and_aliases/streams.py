"""A socket is put into a tuple, unpacked, aliased, and given to an attribute after it was connected."""

import pickle

import zmq


def sockets(ctx: zmq.Context):
    front, back = ctx.socket(zmq.PULL), ctx.socket(zmq.PULL)
    front.bind("tcp://*:7200")
    back.bind("tcp://127.0.0.1:7201")
    return front, back


class Stream:
    def __init__(self, ctx: zmq.Context):
        self.pair = sockets(ctx)
        local: zmq.Socket = ctx.socket(zmq.PULL)
        local.bind("ipc:///tmp/stream")
        self.local = alias = local
        self.same = alias

    def read(self):
        front, back = self.pair
        a = pickle.loads(front.recv())  # finding: pickle-over-network any-host critical
        b = pickle.loads(back.recv())  # finding: pickle-over-network this-host medium
        c = pickle.loads(self.pair[0].recv())  # finding: pickle-over-network any-host critical
        d = self.local.recv_pyobj()  # finding: pickle-over-network this-host medium transport=ipc
        e = self.same.recv_pyobj()  # finding: pickle-over-network this-host medium transport=ipc
        return a, b, c, d, e

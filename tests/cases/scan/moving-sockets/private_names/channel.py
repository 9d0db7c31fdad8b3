"""Name-mangled and slotted attributes, and a socket fetched by getattr with a constant name."""

import pickle

import zmq


class Channel:
    __slots__ = ("__sock", "_poller")

    def __init__(self, port):
        self.__sock = zmq.Context.instance().socket(zmq.PULL)
        self.__sock.bind("tcp://*:" + str(port))

    def next(self):
        return pickle.loads(self.__sock.recv())  # finding: pickle-over-network any-host critical

    class Reply:
        def __init__(self, host):
            self.__sock = zmq.Context.instance().socket(zmq.REQ)
            self.__sock.connect(f"tcp://{host}:7500")

        def result(self):
            return pickle.loads(self.__sock.recv())  # finding: pickle-over-network configurable high role=connect


class Peek:
    def __init__(self, ctx: zmq.Context):
        self.inner = ctx.socket(zmq.PULL)
        self.inner.bind("ipc:///tmp/peek")

    def next(self):
        return getattr(self, "inner").recv_pyobj()  # finding: pickle-over-network this-host medium

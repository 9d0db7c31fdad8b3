"""An exact allow-list that refuses everything else restricts the load, however it is written."""

import builtins
import io
import pickle

import numpy
import zmq

ALLOWED = {("builtins", "set"), ("collections", "OrderedDict"), ("numpy", "dtype")}
CLASSES = {("builtins", "range"): builtins.range, ("numpy", "dtype"): numpy.dtype}


class ByMembership(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) in ALLOWED:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is forbidden")


class ByRefusal(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is forbidden")
        return super().find_class(module, name)


class ByTable(pickle.Unpickler):
    def find_class(self, module, name):
        return CLASSES[module, name]


class Nothing(pickle.Unpickler):
    def find_class(self, module, name):
        raise pickle.UnpicklingError("no classes at all")


def restricted_loads(data):
    return ByMembership(io.BytesIO(data)).load()  # safe: pickle-over-network


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:8200")
    while True:
        yield restricted_loads(sock.recv())
        yield ByRefusal(io.BytesIO(sock.recv())).load()  # safe: pickle-over-network
        yield ByTable(io.BytesIO(sock.recv())).load()  # safe: pickle-over-network
        unpickler = Nothing(io.BytesIO(sock.recv()))
        yield unpickler.load()  # safe: pickle-over-network

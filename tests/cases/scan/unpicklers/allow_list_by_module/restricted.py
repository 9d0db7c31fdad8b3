"""An exact table of modules with their names, and one that lists names under a single module."""

import builtins
import io
import pickle

import zmq

SAFE_BUILTINS = {"range", "complex", "set", "frozenset", "slice"}
APPROVED = {"collections": ["OrderedDict"], "torch._utils": ["_rebuild_tensor_v2"]}


class OnlyBuiltins(pickle.Unpickler):
    def find_class(self, module, name):
        if module == "builtins" and name in SAFE_BUILTINS:
            return getattr(builtins, name)
        raise pickle.UnpicklingError(f"global '{module}.{name}' is forbidden")


class ByApproval(pickle.Unpickler):
    def __init__(self, *args, approved=APPROVED, **kwargs):
        super().__init__(*args, **kwargs)
        self.approved = approved

    def find_class(self, module, name):
        if name in self.approved.get(module, []):
            return super().find_class(module, name)
        raise ValueError(f"import of {module}.{name} is not allowed")


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:8201")
    while True:
        yield OnlyBuiltins(io.BytesIO(sock.recv())).load()  # safe: pickle-over-network
        yield ByApproval(io.BytesIO(sock.recv())).load()  # safe: pickle-over-network

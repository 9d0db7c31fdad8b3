"""Fall-through, a deny-list, a prefix, a whole module: none restricts."""

import functools
import io
import pickle

import torch
import zmq

DENIED = {("builtins", "eval"), ("builtins", "exec"), ("os", "system")}
PREFIXES = ("torch.", "numpy.", "collections.")
MODULES = {"torch", "builtins", "collections"}


class FallThrough(pickle.Unpickler):
    def find_class(self, module, name):
        if module == "torch.storage" and name == "_load_from_bytes":
            return lambda b: torch.load(io.BytesIO(b), weights_only=True)
        return super().find_class(module, name)


class DenyList(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) in DENIED:
            raise pickle.UnpicklingError("denied")
        return super().find_class(module, name)


class Prefix(pickle.Unpickler):
    def find_class(self, module, name):
        if module.startswith(PREFIXES):
            return super().find_class(module, name)
        raise pickle.UnpicklingError("not allowed")


class WholeModule(pickle.Unpickler):
    def find_class(self, module, name):
        if module not in MODULES:
            raise pickle.UnpicklingError("not allowed")
        return super().find_class(module, name)


class WarnOnly(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) not in {("builtins", "set")}:
            print("unexpected class", module, name)
        return super().find_class(module, name)


class PersistentOnly(pickle.Unpickler):
    def persistent_load(self, pid):
        return pid


class Inbox:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8202")

    def read(self):
        yield FallThrough(io.BytesIO(self.sock.recv())).load()  # finding: pickle-over-network any-host critical incomplete=fall-through
        yield DenyList(io.BytesIO(self.sock.recv())).load()  # finding: pickle-over-network any-host critical incomplete=deny-list
        yield Prefix(io.BytesIO(self.sock.recv())).load()  # finding: pickle-over-network any-host critical incomplete=prefix
        yield WholeModule(io.BytesIO(self.sock.recv())).load()  # finding: pickle-over-network any-host critical incomplete=prefix
        yield WarnOnly(io.BytesIO(self.sock.recv())).load()  # finding: pickle-over-network any-host critical incomplete=fall-through
        yield PersistentOnly(io.BytesIO(self.sock.recv())).load()  # finding: pickle-over-network any-host critical incomplete=none

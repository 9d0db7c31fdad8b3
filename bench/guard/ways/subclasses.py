"""Unpicklers of the program's own: what Python's documentation advises, and what programs do besides."""

import _pickle
import io
import pickle
from importlib import import_module
from typing import ClassVar

from bench.guard.way import Sent, way

RESTRICTING = "https://docs.python.org/3/library/pickle.html#restricting-globals"
SOURCE = "https://github.com/python/cpython/blob/3.11/Lib/pickle.py"


def _looked_up(module: str, name: str) -> object:
    return getattr(import_module(module), name)


class Own(pickle.Unpickler):
    """Looks names up by itself."""

    def find_class(self, module_name: str, global_name: str) -> object:
        """What the name means here."""
        return _looked_up(module_name, global_name)


@way("find-class", "subclass", "a find_class of its own, without super",
     "Python's own find_class raises the audit event, so nobody does", RESTRICTING)  # fmt: skip
def find_class(sent: Sent) -> object:
    """The documented way to restrict what may be loaded, here restricting nothing."""
    return Own(io.BytesIO(sent.pickled())).load()


class OwnInPython(pickle._Unpickler):
    """As Own, on the unpickler in Python."""

    def find_class(self, module: str, name: str) -> object:
        """What the name means here."""
        return _looked_up(module, name)


@way("find-class-python", "subclass", "a find_class of its own on pickle._Unpickler", "as before, in Python",
     RESTRICTING, "https://github.com/pandas-dev/pandas/blob/v2.2.0/pandas/compat/pickle_compat.py")  # fmt: skip
def find_class_python(sent: Sent) -> object:
    """As pandas' does, without super."""
    return OwnInPython(io.BytesIO(sent.pickled())).load()


class OwnInC(_pickle.Unpickler):
    """As Own, on the C class by its other name."""

    def find_class(self, module_name: str, global_name: str) -> object:
        """What the name means here."""
        return _looked_up(module_name, global_name)


@way("find-class-c", "subclass", "a find_class of its own on _pickle.Unpickler",
     "who replaces pickle.Unpickler has not replaced its other name",
     "https://github.com/python/cpython/blob/3.11/Modules/_pickle.c")  # fmt: skip
def find_class_c(sent: Sent) -> object:
    """Derived from the accelerator's module."""
    return OwnInC(io.BytesIO(sent.pickled())).load()


class Looking:
    """A find_class to be mixed in."""

    def find_class(self, module_name: str, global_name: str) -> object:
        """What the name means here."""
        return _looked_up(module_name, global_name)


class Mixed(Looking, pickle.Unpickler):
    """Has find_class from a class that is no unpickler."""


@way("find-class-mixed-in", "subclass", "a find_class that is mixed in",
     "the subclass itself defines nothing", RESTRICTING)  # fmt: skip
def find_class_mixed_in(sent: Sent) -> object:
    """Inherited from beside."""
    return Mixed(io.BytesIO(sent.pickled())).load()


class Later(pickle.Unpickler):
    """Gets its find_class when it is complete."""


@way("find-class-later", "subclass", "a find_class assigned to the class after its definition",
     "whoever looks at a class when it is made sees nothing yet", SOURCE)  # fmt: skip
def find_class_later(sent: Sent) -> object:
    """Patched in, as libraries do for names that have moved."""
    Later.find_class = Own.find_class
    return Later(io.BytesIO(sent.pickled())).load()


@way("find-class-instance", "subclass", "a find_class set on one unpickler",
     "the method is an attribute of the instance, of no class", SOURCE)  # fmt: skip
def find_class_instance(sent: Sent) -> object:
    """As programs did with cPickle's find_global."""
    unpickler = pickle._Unpickler(io.BytesIO(sent.pickled()))
    unpickler.find_class = _looked_up
    return unpickler.load()


class Persistent(pickle.Unpickler):
    """Gets some objects from elsewhere."""

    def persistent_load(self, pid: object) -> object:
        """The object of an id: here the id."""
        return pid


@way("persistent-load", "subclass", "a subclass with persistent_load",
     "a subclass that needs no find_class", "https://docs.python.org/3/library/pickle.html#pickle-persistent",
     "https://github.com/pytorch/pytorch/blob/v2.6.0/torch/serialization.py")  # fmt: skip
def persistent_load(sent: Sent) -> object:
    """An id beside the marker, as a tensor's storage is."""
    return Persistent(io.BytesIO(b"\x80\x02(K\x01Q" + sent.pickled(2)[2:-1] + b"t.")).load()


class Dispatching(pickle._Unpickler):
    """Executes an opcode in its own way."""

    dispatch: ClassVar = dict(pickle._Unpickler.dispatch)

    def load_own_global(self) -> None:
        """GLOBAL without find_class."""
        module, name = (self.readline()[:-1].decode() for _ in range(2))
        self.append(_looked_up(module, name))

    dispatch[pickle.GLOBAL[0]] = load_own_global


@way("dispatch", "subclass", "an opcode of its own in `dispatch`",
     "GLOBAL is executed without find_class, as Python 2 documented it",
     "https://docs.python.org/2.3/lib/pickle-sub.html",
     "https://github.com/joblib/joblib/blob/1.4.2/joblib/numpy_pickle.py", told_as="Dispatching")  # fmt: skip
def dispatch(sent: Sent) -> object:
    """A table of opcodes with one entry replaced."""
    return Dispatching(io.BytesIO(sent.pickled(2))).load()

"""Streams written by hand: each opcode that looks a name up, and names that mean something else than they say."""

import pickle
import sys
from types import ModuleType

from bench.guard import marker
from bench.guard.way import MARKER, Sent, way

OPCODES = "https://github.com/python/cpython/blob/3.11/Lib/pickletools.py"
HERE = __name__
borrowed = marker
"""A module of the program's that can be reached through another one."""


def _short(text: str) -> bytes:
    return pickle.SHORT_BINUNICODE + bytes([len(text)]) + text.encode()


def _called(module: str, name: str, protocol: int = 4) -> bytes:
    """A stream that calls what it finds on the stack by STACK_GLOBAL."""
    return pickle.PROTO + bytes([protocol]) + _short(module) + _short(name) + b"\x93)R."


@way("global-0", "opcode", "GLOBAL and REDUCE, protocol 0", "text, no PROTO in front", OPCODES)
def global_0(sent: Sent) -> object:
    """As Python 1.4 wrote it."""
    return pickle.loads(f"c{MARKER}\n{sent.name}\n(tR.".encode())


@way("stack-global-4", "opcode", "STACK_GLOBAL and REDUCE, protocol 4", "the name is put together on the stack",
     OPCODES,
     "https://github.com/mmaitre314/picklescan/security/advisories/GHSA-9gvj-pp9x-gcfr")  # fmt: skip
def stack_global_4(sent: Sent) -> object:
    """The name comes from the memo, where an earlier part of the stream has left it."""
    memo = _short(sent.name) + b"\x94" + b"0"
    return pickle.loads(b"\x80\x04" + memo + _short(MARKER) + b"h\x00" + b"\x93)R.")


@way("inst", "opcode", "INST", "looks up and calls in one opcode", OPCODES,
     "https://github.com/mmaitre314/picklescan/issues/13")  # fmt: skip
def inst(sent: Sent) -> object:
    """An instance of an old class."""
    return pickle.loads(f"(i{MARKER}\n{sent.made}\n.".encode())


@way("obj", "opcode", "OBJ", "calls without REDUCE", OPCODES, "https://github.com/trailofbits/fickling/pull/108")
def obj(sent: Sent) -> object:
    """As INST, with the class on the stack."""
    return pickle.loads(f"(c{MARKER}\n{sent.made}\no.".encode())


@way("newobj", "opcode", "NEWOBJ, protocol 2", "calls __new__ without REDUCE", "https://peps.python.org/pep-0307/")
def newobj(sent: Sent) -> object:
    """A new object, not initialised."""
    return pickle.loads(b"\x80\x02" + f"c{MARKER}\n{sent.made}\n)\x81.".encode("latin-1"))


@way("newobj-ex", "opcode", "NEWOBJ_EX, protocol 4", "calls __new__ with keywords", "https://peps.python.org/pep-3154/")
def newobj_ex(sent: Sent) -> object:
    """A new object with keyword arguments."""
    return pickle.loads(b"\x80\x04" + _short(MARKER) + _short(sent.made) + b"\x93)}\x92.")


@way("setstate", "opcode", "BUILD and __setstate__", "nothing is called but a method of the new object",
     "https://docs.python.org/3/library/pickle.html#object.__setstate__")  # fmt: skip
def setstate(sent: Sent) -> object:
    """The class is allowed to be made; its method gets the state."""
    text = f"c{MARKER}\n{sent.made}State\n)\x81N\x8c\x01x\x86b."
    return pickle.loads(b"\x80\x04" + text.encode("latin-1"))


@way("dotted", "opcode", "a dotted name: Outer.Inner.fire", "from protocol 4 on a name may reach through attributes",
     "https://peps.python.org/pep-3154/#serializing-more-lookupable-objects")  # fmt: skip
def dotted(sent: Sent) -> object:
    """The module and the first part of the name are the same as in the twin."""
    return pickle.loads(_called(MARKER, f"Outer.Inner.{sent.name}"))


@way("module-in-module", "opcode", "a dotted name through a module that another one imported",
     "module `json`, name `codecs.open`: the module's name says nothing of what is found",
     "https://github.com/python/cpython/blob/3.11/Lib/pickle.py")  # fmt: skip
def module_in_module(sent: Sent) -> object:
    """The allowed module imports the marker, so the marker can be had from it."""
    return pickle.loads(_called(HERE, f"borrowed.{sent.name}"))


@way("attribute-set", "opcode", "BUILD sets attributes of an allowed function, dotted names read them back",
     "the name that is looked up is written nowhere in the stream in one piece",
     "https://github.com/protectai/modelscan/issues/85")  # fmt: skip
def attribute_set(sent: Sent) -> object:
    """The allowed function is given an attribute `a` with the name, and STACK_GLOBAL takes it from there."""
    if not sent.bad:
        return pickle.loads(_called(MARKER, sent.name))
    allowed = _short(MARKER) + _short("calm") + b"\x93"
    keep = allowed + b"N}" + _short("a") + _short("fire") + b"s\x86b0"
    spelled = _short(MARKER) + _short("calm.a") + b"\x93"
    try:
        return pickle.loads(b"\x80\x04" + keep + _short(MARKER) + spelled + b"\x93)R.")
    finally:
        marker.calm.__dict__.clear()


@way("python-2-name", "opcode", "a module that Python 2 called otherwise",
     "in a stream of protocol 2 the allowed name of the program's own module `Dialog` means `tkinter.dialog`: "
     "who checks the name that is written has not checked the one that is loaded",
     "https://docs.python.org/3/library/pickle.html#pickle.Unpickler",
     "https://github.com/python/cpython/blob/3.11/Lib/_compat_pickle.py")  # fmt: skip
def python_2_name(sent: Sent) -> object:
    """The twin is loaded by protocol 4 from the program's own module; protocol 2 makes another one of the same name."""
    own, other = ModuleType("Dialog"), ModuleType("tkinter.dialog")
    own.act, other.act = marker.calm, marker.fire
    kept = {name: sys.modules.get(name) for name in ("Dialog", "tkinter.dialog")}
    sys.modules |= {"Dialog": own, "tkinter.dialog": other}
    try:
        return pickle.loads(b"\x80\x02cDialog\nact\n)R." if sent.bad else _called("Dialog", "act"))
    finally:
        for name, module in kept.items():
            sys.modules.pop(name) if module is None else sys.modules.update({name: module})


@way("mapped-name", "opcode", "a Python 2 name that is mapped to an allowed one",
     "`copy_reg` is not `copyreg` to who compares names, and the same to the unpickler",
     "https://github.com/python/cpython/blob/3.11/Lib/_compat_pickle.py")  # fmt: skip
def mapped_name(sent: Sent) -> object:
    """An object made by `copy_reg._reconstructor`, as Python 2 wrote every instance."""
    stream = f"ccopy_reg\n_reconstructor\n(c{MARKER}\n{sent.made}State\nc__builtin__\nobject\nNtRNb."
    return pickle.loads(b"\x80\x02" + stream.encode())


@way("nested", "opcode", "a pickle within a pickle", "the outer one only calls `_pickle.loads` on bytes",
     "https://github.com/mmaitre314/picklescan/security/advisories/GHSA-84r2-jw7c-4r5q",
     taken=("_pickle:loads",))  # fmt: skip
def nested(sent: Sent) -> object:
    """What is within is data until it is loaded."""
    inner = sent.pickled(4)
    return pickle.loads(b"\x80\x04c_pickle\nloads\nC" + bytes([len(inner)]) + inner + b"\x85R.")


class Envelope:
    """A class of the program's that keeps its contents pickled, as caches and job queues do."""

    contents: object = None

    def __setstate__(self, state: bytes) -> None:
        self.contents = pickle.loads(state)


@way("envelope", "opcode", "an allowed class whose __setstate__ loads bytes",
     "the outer names are all allowed; the inner load happens in a method of the class's own",
     "https://docs.python.org/3/library/pickle.html#object.__setstate__")  # fmt: skip
def envelope(sent: Sent) -> object:
    """The state is a pickle of its own."""
    inner = sent.pickled(4)
    made = f"c{HERE}\nEnvelope\n)\x81C".encode("latin-1")
    return pickle.loads(b"\x80\x04" + made + bytes([len(inner)]) + inner + b"b.")

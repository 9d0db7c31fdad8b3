"""The extension registry: numbers instead of names."""

import copyreg
import pickle
from collections.abc import Iterator
from contextlib import contextmanager

from bench.guard import marker
from bench.guard.way import MARKER, Call, Sent, way

REGISTRY = "https://docs.python.org/3/library/copyreg.html"
PEP = "https://peps.python.org/pep-0307/#the-extension-registry"
CODE = 0xF0
_OF_CODE = b"\x80\x02\x82" + bytes([CODE])


@contextmanager
def _registered(name: str) -> Iterator[None]:
    """A name of the marker's module has the code."""
    copyreg.add_extension(MARKER, name, CODE)
    try:
        yield
    finally:
        copyreg.remove_extension(MARKER, name, CODE)
        copyreg.clear_extension_cache()


@way("extension-cold", "registry", "an extension code", "the stream has a number, the registry has the name",
     PEP, REGISTRY,
     "https://github.com/promptfoo/modelaudit/pull/623", "https://github.com/trailofbits/fickling/issues/114",
     )  # fmt: skip
def extension_cold(sent: Sent) -> object:
    """The first use of a code looks its name up; the twin is what the program itself would write."""
    with _registered(sent.name):
        return pickle.loads(_OF_CODE + b")R." if sent.bad else pickle.dumps(sent.value, 2))


@way("extension-warm", "registry", "an extension code that has been used before",
     "from the second use on it comes from a cache, and no find_class is called",
     "https://github.com/python/cpython/blob/3.11/Modules/_pickle.c", PEP)  # fmt: skip
def extension_warm(sent: Sent) -> object:
    """The name is allowed in another place, which has used it already."""
    with _registered("note"):
        _allowed_elsewhere()
        return pickle.loads(_OF_CODE + b"\x8c\x04fire\x85R." if sent.bad else sent.pickled(2))


def _allowed_elsewhere() -> None:
    pickle.loads(pickle.dumps(Call(marker.note, "nothing yet"), 2))
    marker.forget()


@way("registry-written", "registry", "copyreg's tables written directly",
     "there was no call of add_extension", "https://github.com/python/cpython/blob/3.11/Lib/copyreg.py")  # fmt: skip
def registry_written(sent: Sent) -> object:
    """Both tables, as a module written in C would."""
    copyreg._extension_registry[MARKER, sent.name] = CODE
    copyreg._inverted_registry[CODE] = (MARKER, sent.name)
    try:
        return pickle.loads(_OF_CODE + b")R.")
    finally:
        del copyreg._extension_registry[MARKER, sent.name], copyreg._inverted_registry[CODE]
        copyreg.clear_extension_cache()

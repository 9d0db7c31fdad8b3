"""What is publicly known of the names that pickles ask for: they run code, they are harmless, or nobody has said yet.

For learning and review alone: a policy is a list of names, and what is not on it is refused whatever this file says.
"""

import _compat_pickle
import builtins
from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

from ..policy import Name
from .description import RECORD
from .known_names import HARMLESS, LOOK, MODULES, NAMES, REACHING

_OF_PYTHON_2: Final = _compat_pickle.IMPORT_MAPPING
_RENAMED: Final = _compat_pickle.NAME_MAPPING
_ONLY_IN_PYTHON_2: Final = frozenset({"__builtin__", "copy_reg", "exceptions"})


class Verdict(NamedTuple):
    """What is known of a name, and why it is said."""

    level: Literal["runs-code", "harmless", "unknown"]
    why: str
    """A few words; empty if nothing is known."""


_NOTHING_KNOWN: Final = Verdict("unknown", "")
_GRAVITY: Final = ("harmless", "unknown", "runs-code")


def verdict(module: str, name: str) -> Verdict:
    """The worst of what is known of a module's name, by any spelling that means it to an unpickler."""
    return max((_judged(*spelling) for spelling in _spellings(module, name)), key=_gravity)


def judged(name: Name, described: Mapping[str, str]) -> Verdict:
    """The verdict, also by what the name was when it was learned; of a name that nobody knows, that is all there is."""
    known, what = verdict(*name), described.get(":".join(name), "")
    if known == _NOTHING_KNOWN and what.endswith(RECORD):
        return Verdict("harmless", f"{what}; whoever sends can set its attributes, and those of its objects")
    return known


def _gravity(judged: Verdict) -> tuple[int, bool]:
    return _GRAVITY.index(judged.level), bool(judged.why)


def _spellings(module: str, name: str) -> Iterator[tuple[str, str]]:
    """The name as it is written, and as protocols below 3 mean it, which are read with the names of Python 2."""
    meant = _RENAMED.get((module, name), (_OF_PYTHON_2.get(module, module), name))
    yield meant
    if module not in _ONLY_IN_PYTHON_2:
        yield module, name


def _judged(module: str, name: str) -> Verdict:
    if why := NAMES.get((module, name)):
        return Verdict("runs-code", why)
    if why := HARMLESS.get((module, name)):
        return Verdict("harmless", why)
    if why := LOOK.get((module, name)):
        return Verdict("unknown", why)
    if why := _of_module(module):
        return Verdict("runs-code", why)
    first, dot, rest = name.partition(".")
    if dot:
        return _behind_dots(module, first, rest)
    if module == "builtins" and _is_exception(name):
        return Verdict("harmless", "an exception, as an object")
    return _NOTHING_KNOWN


def _behind_dots(module: str, first: str, rest: str) -> Verdict:
    """A name that reaches through attributes: of a class, of a submodule, or of a module that this one imported."""
    for part in (first, *rest.split(".")):
        if part in REACHING:
            return Verdict("runs-code", f"reads {part}: from there everything can be reached")
    ways = (_judged(module, first), _judged(f"{module}.{first}", rest), _judged(first, rest))
    for way in ways:
        if way.level == "runs-code":
            return Verdict("runs-code", f"by attributes of {module}: {way.why}")
    return Verdict("unknown", f"an attribute of {module}.{first}, not {first} itself")


def _of_module(module: str) -> str:
    while module:
        if why := MODULES.get(module):
            return why
        module = module.rpartition(".")[0]
    return ""


def _is_exception(name: str) -> bool:
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, BaseException)

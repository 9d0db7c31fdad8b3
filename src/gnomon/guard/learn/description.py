"""Says what a name is, from modules that are loaded already; nothing is imported for it."""

import sys
from types import BuiltinFunctionType, FunctionType
from typing import Final

from .records import is_record

RECORD: Final = " that runs no code of its own"
"""Ends what is said of classes which are known to be records."""


def description(module: str, name: str) -> str:
    """In a few words: `a dataclass that runs no code of its own`, `a function`; empty if it isn't there."""
    found: object = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    match found:
        case None:
            return ""
        case type():
            return _class(found)
        case FunctionType():
            return "a function"
        case BuiltinFunctionType():
            return "a built-in function"
        case _ if callable(found):
            return "something that can be called"
        case _:
            return "an object"


def _class(found: type) -> str:
    kind = "an enum" if "enum" in sys.modules and isinstance(found, sys.modules["enum"].EnumType) else ""
    kind = kind or ("a dataclass" if hasattr(found, "__dataclass_fields__") else "a class")
    if is_record(found):
        return kind + RECORD
    if kind == "an enum":
        return kind
    own = [
        method
        for method in ("__setstate__", "__reduce__", "__reduce_ex__")
        if any(method in vars(base) for base in found.__mro__[:-1])
    ]
    ending = f" with {' and '.join(own)}" if own else ""
    return kind + ending

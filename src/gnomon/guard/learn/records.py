"""Tells classes that hold values and do nothing else: whatever a pickle does with one, no code of the class runs.

A pickle can call an allowed class, set attributes of its objects and of the class itself, put objects into sets, and
hand them to another allowed name. What runs then are the methods that Python calls by itself, so a record has none but
those which dataclasses, collections and enum made. What is no record is not dangerous for that: somebody has to look.
"""

import sys
from types import (
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    WrapperDescriptorType,
)
from typing import Final

_ALSO_CALLED: Final = frozenset({"append", "extend", "add", "_missing_"})
"""What an unpickler, and an enum, call of a class beside methods with two underscores."""
_VALUES: Final = frozenset({
    "__module__", "__qualname__", "__doc__", "__annotations__", "__dict__", "__weakref__", "__slots__",
    "__dataclass_fields__", "__dataclass_params__", "__match_args__", "__parameters__", "__orig_bases__",
    "__slotnames__", "__static_attributes__", "__firstlineno__", "__annotate__", "__annotate_func__",
    "__annotations_cache__",
})  # fmt: skip
"""Names with two underscores that nobody calls."""
_PLAIN: Final = (object, tuple, list, dict, set, frozenset, int, str, float, bytes)
_FACTORIES: Final = (list, dict, set, frozenset, tuple, bytearray, str, bytes, int, float, bool)
_MAKERS: Final = frozenset({"dataclasses", "collections", "enum"})
_COMPILED: Final = "__create_fn__.<locals>."
"""What the names of methods begin with that dataclasses compile."""
_REPRS: Final = ("_recursive_repr.<locals>.wrapper", "recursive_repr.<locals>.decorating_function.<locals>.wrapper")
"""What they wrap around __repr__, against endless recursion. Whatever else wraps a method is the class's own code."""


def is_record(found: object) -> bool:
    """True for a dataclass, named tuple, enum, exception or other class of which only fields are its own."""
    if not isinstance(found, type) or type(found) not in {type, _of("enum", "EnumType")}:
        return False
    return all(_is_known(base) or _has_only_fields(base) for base in found.__mro__)


def _of(module: str, name: str) -> object:
    """From a module that is loaded already: nothing is imported for a description."""
    return getattr(sys.modules.get(module), name, None)


def _is_known(base: type) -> bool:
    if base in _PLAIN or base is _of("typing", "Generic"):
        return True
    return base.__module__ in ("enum", "builtins") and (
        issubclass(base, BaseException) or type(base) is _of("enum", "EnumType")
    )


def _has_only_fields(base: type) -> bool:
    fields = vars(base).get("__dataclass_fields__", {}).values()
    missing = _of("dataclasses", "MISSING")
    return all(_runs_nothing(name, value) for name, value in vars(base).items()) and all(
        field.default_factory is missing or _gives_a_value(field.default_factory) for field in fields
    )


def _gives_a_value(factory: object) -> bool:
    """Whether it is a type of plain values, or a function of constants alone: one that names nothing calls nothing."""
    if isinstance(factory, FunctionType):
        return not factory.__code__.co_names and not factory.__code__.co_freevars
    return any(factory is each for each in _FACTORIES)


def _runs_nothing(name: str, value: object) -> bool:
    """Whether nobody but the program itself runs code through this attribute of a class."""
    if name in _ALSO_CALLED:
        return False
    if name.startswith("__") and name.endswith("__"):
        return name in _VALUES or value is None or _is_made(value)
    if isinstance(value, property):  # a pickle can set any attribute; without a setter that is an error
        return value.fset is None and value.fdel is None
    fields = {MemberDescriptorType, GetSetDescriptorType, _of("_collections", "_tuplegetter")}
    return type(value) in fields or not hasattr(type(value), "__set__")


def _is_made(value: object) -> bool:
    method = value.__func__ if isinstance(value, classmethod | staticmethod) else value
    if isinstance(method, MethodDescriptorType | WrapperDescriptorType):  # as enum takes them from int and str
        return method.__objclass__ in _PLAIN
    if not isinstance(method, FunctionType):
        return False
    inner = getattr(method, "__wrapped__", method) if method.__code__.co_qualname in _REPRS else method
    return (
        method.__globals__.get("__name__") in _MAKERS  # and not __module__, which wrappers take from what they wrap
        or inner.__code__.co_qualname.startswith(_COMPILED)
        or method.__code__.co_names == ("_tuple_new",)  # a named tuple's __new__
    )

"""A record is a class of which no pickle can have any code run: what a class adds beyond fields makes it none."""

import abc
import collections
import copyreg
import dataclasses
import enum
import functools
import pickle
import sys
from typing import Generic, NamedTuple, TypeVar

import pytest

from gnomon.guard.learn.records import is_record

T = TypeVar("T")


@dataclasses.dataclass
class Plain:
    """Fields, a method that nobody but the program calls, and a property without a setter."""

    x: int
    tags: list[str] = dataclasses.field(default_factory=list)
    stop: list[str] = dataclasses.field(default_factory=lambda: ["</s>"])

    def helper(self) -> int:
        """Called by the program."""
        return self.x

    @property
    def twice(self) -> int:
        """Read by the program."""
        return 2 * self.x


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Frozen:
    """With all that dataclasses can add."""

    x: int


@dataclasses.dataclass
class Below(Plain):
    """Fields of a base too."""

    y: float = 0.0


class Pair(NamedTuple):
    """A named tuple."""

    left: int
    right: int = 0


class Colour(enum.Enum):
    """An enum."""

    RED = 1


class Level(enum.IntEnum):
    """Of numbers."""

    LOW = 1


class Flags(enum.Flag):
    """Of bits."""

    A = 1


class Text(str, enum.Enum):  # noqa: UP042 (as older code has it)
    """Of texts."""

    A = "a"


class Failed(ValueError):
    """Nothing of its own."""


class Bare:
    """A plain class."""

    x = 1


class Box(Generic[T]):
    """A generic class."""

    item: T


class Table(dict):
    """A dictionary by another name."""


RECORDS = (
    Plain, Frozen, Below, Pair, collections.namedtuple("Made", "a b"), Colour, Level, Flags, Text, Failed, Bare, Box,  # noqa: PYI024
    Table,
)  # fmt: skip


@pytest.mark.parametrize("cls", RECORDS, ids=lambda cls: cls.__name__)
def test_classes_of_fields_alone_are_records(cls):
    """Dataclasses as they come, named tuples, enums, exceptions, classes without methods that Python calls.

    Also after an object was pickled, which leaves an attribute on the class.
    """
    copyreg._slotnames(cls)

    assert is_record(cls)


def with_method(name):
    """A dataclass with one method of its own."""
    return dataclasses.make_dataclass("Own", ["x"], namespace={name: lambda self, *_: None})


CALLED = (
    "__init__", "__post_init__", "__new__", "__setstate__", "__reduce__", "__reduce_ex__", "__del__", "__setattr__",
    "__getattr__", "__getattribute__", "__call__", "__eq__", "__hash__", "__iter__", "__len__", "__str__", "__index__",
    "__setitem__", "__class_getitem__", "__init_subclass__", "append", "extend", "add",
)  # fmt: skip


@pytest.mark.parametrize("name", CALLED)
def test_a_method_that_python_or_an_unpickler_calls_makes_it_none(name):
    """Also in a base class, and also where dataclasses would have made the method itself."""
    own = with_method(name)

    assert not is_record(own)
    assert not is_record(type("Below", (own,), {}))


class Meta(type):
    """A metaclass."""


class Asking(enum.Enum):
    """Looks for what is no member."""

    A = 1

    @classmethod
    def _missing_(cls, value):
        return cls.A


class Descriptor:
    """Is told when it is set."""

    def __set__(self, instance, value):
        raise AssertionError


@dataclasses.dataclass
class Made:
    """Its factory is code."""

    at: float = dataclasses.field(default_factory=lambda: float("1"))


def noisy(cls):
    """As decorators of classes do, for validation: around the method that was made."""
    made = cls.__init__

    @functools.wraps(made)
    def checked(self, *args, **options):
        made(self, *args, **options)

    cls.__init__ = checked
    return cls


OTHERS = {
    "wrapped": noisy(dataclasses.make_dataclass("Own", ["x"])),
    "metaclass": Meta("Own", (), {}),
    "abstract": type("Own", (abc.ABC,), {}),
    "enum that looks for members": Asking,
    "setter": type("Own", (), {"x": property(lambda self: 1, lambda self, value: None)}),
    "descriptor": type("Own", (), {"x": Descriptor()}),
    "default factory": Made,
    "pickler": type("Own", (pickle.Unpickler,), {}),
    "a function of C that does something": type("Own", (), {"__setstate__": print}),
    "no class": len,
    "nothing": None,
    "ordered dictionary": collections.OrderedDict,
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_else_can_run_code_makes_it_none(name):
    """Metaclasses, setters, factories, functions of C: each may run with what the sender wrote."""
    assert not is_record(OTHERS[name])


AFTER_THE_NAME = (
    b"(I1\nI2\ntR.", b"(I1\ntR.", b")R.", b")\x81.", b"(I1\nI2\nt\x81.", b")\x81)R.", b"(I1\ntR)R.",
    b")\x81}(S'x'\nI5\nS'twice'\nI5\nub.", b")\x81N}S'twice'\nI5\ns\x86b.", b"N}S'added'\nI5\ns\x86b.",
    b")\x81(I1\ne.", b")\x81I1\na.", b")\x81I1\nI2\ns.", b")\x81(I1\n\x90.",
    b"(I1\ntR\x94\x8f(h\x00\x90.", b"(I1\nI2\ntR\x94\x8f(h\x00\x90.", b"(I1\nI2\ntR\x94}h\x00I1\ns.",
)  # fmt: skip
"""What a pickle does with a class: calls it, makes, fills and calls its objects, and puts them into sets and tables."""


@dataclasses.dataclass
class Loud:
    """Runs a line when it is made."""

    x: int

    def __post_init__(self) -> None:
        self.y = self.x


def ran_while_loading(cls) -> set[str]:
    """The functions of this file that Python called meanwhile, without those that are of constants alone."""
    name = f"c{cls.__module__}\n{cls.__qualname__}\n".encode()
    ran = set()

    def watch(frame, event, _):
        if event == "call" and frame.f_code.co_filename == __file__ and frame.f_code.co_names:
            ran.add(frame.f_code.co_qualname)

    loaded = 0
    for rest in AFTER_THE_NAME:
        sys.setprofile(watch)
        try:
            pickle.loads(name + rest)
            loaded += 1
        except (TypeError, AttributeError, ValueError, pickle.UnpicklingError):
            pass
        finally:
            sys.setprofile(None)
    if "added" in vars(cls):
        del cls.added
    assert loaded
    return ran


@pytest.mark.parametrize("cls", RECORDS[:4] + RECORDS[5:], ids=lambda cls: cls.__name__)
def test_no_line_of_a_record_runs_whatever_a_pickle_does_with_it(cls):
    """Python is asked for every call of a function in this file; of a class that is no record it tells one."""
    assert ran_while_loading(cls) == set()
    assert ran_while_loading(Loud) == {"Loud.__post_init__"}

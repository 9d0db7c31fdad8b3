"""The names of an allow-list, held against what pickles ask for."""

import datetime as dt
import decimal
import enum
import io
import pathlib
import pickle
import uuid
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
import numpy as np
import pytest

from gnomon.core.channel import Holding
from gnomon.core.shape import (
    Array,
    Either,
    Failure,
    Keyed,
    Mapping,
    Plain,
    Record,
    Row,
    Sequence,
    Standard,
    Unknown,
)
from gnomon.fix.payload.names import named, of_dump
from tests.fix.programs import dump, place, sources_of

FILES = {"app/__init__.py": "", "app/jobs.py": "class Job:\n    class Part:\n        pass\n"}
PROTOCOLS = range(3, pickle.HIGHEST_PROTOCOL + 1)


@dataclass
class Data:
    """A dataclass."""

    number: int


class Named(NamedTuple):
    """A named tuple."""

    number: int


class Keyword(msgspec.Struct, kw_only=True):
    """A Struct, whose pickle asks for a function of msgspec's."""

    number: int


class Colour(enum.Enum):
    """An enum."""

    RED = "red"


def asked(value, protocol):
    """What a pickle asks for."""
    names = set()

    class Noting(pickle.Unpickler):
        def find_class(self, module, name):
            names.add((module, name))
            return super().find_class(module, name)

    Noting(io.BytesIO(pickle.dumps(value, protocol))).load()
    return names


def record(kind, qualname, fields=()):
    """A class of the target."""
    return Record(kind=kind, site=place(FILES, "app/jobs.py", "class Job"), qualname=qualname, fields=fields)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ([1, 0.5, "a", None, True, b"x"], Sequence(kind="list", element=Plain(type="int"))),
        ({1, 2}, Sequence(kind="set", element=Plain(type="int"))),
        (frozenset({1}), Sequence(kind="frozenset", element=Plain(type="int"))),
        (np.arange(4), Array(library="numpy")),
        (np.zeros((2, 3), order="F"), Array(library="numpy")),
        (np.float32(1.5), Array(library="numpy")),
        (dt.datetime.now(dt.UTC), Standard(type="datetime.datetime")),
        (dt.datetime(2026, 1, 1), Standard(type="datetime.datetime")),  # noqa: DTZ001 - one without a zone
        (dt.timedelta(1), Standard(type="datetime.timedelta")),
        (uuid.uuid4(), Standard(type="uuid.UUID")),
        (uuid.uuid1(), Standard(type="uuid.UUID")),
        (decimal.Decimal(1), Standard(type="decimal.Decimal")),
        (pathlib.Path("a"), Standard(type="pathlib.Path")),
        (ValueError("x"), Failure(name="ValueError")),
    ],
)
def test_a_pickle_asks_for_no_more_than_is_listed(protocol, value, shape):
    """In every protocol that Python 3 writes."""
    assert asked(value, protocol) <= named(shape, sources_of(FILES)).names


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("value", "kind"),
    [(Data(1), "dataclass"), (Named(1), "namedtuple"), (Keyword(number=1), "struct"), (Colour.RED, "enum")],
)
def test_a_record_asks_for_its_class(protocol, value, kind):
    """And for what its kind needs besides."""
    theirs = {(module.replace(__name__, "app.jobs"), name) for module, name in asked(value, protocol)}

    assert theirs <= named(record(kind, type(value).__name__), sources_of(FILES)).names


def test_names_are_collected_from_all_parts():
    """From fields, keys, values, items and alternatives; a TypedDict is a dictionary."""
    inner = record("typeddict", "Options", (("part", record("dataclass", "Job.Part")),))
    shapes = [
        Keyed(fields=(("a", inner),)),
        Mapping(key=Plain(type="str"), value=inner),
        Row(items=(Plain(type="int"), inner)),
        Either(shapes=(Plain(type="None"), inner)),
    ]

    for shape in shapes:
        assert named(shape, sources_of(FILES)).names == {("app.jobs", "Job.Part")}


def test_a_class_of_the_program_itself_goes_by_two_names():
    """The file that is started is `__main__`."""
    files = {"run.py": "class Job:\n    pass\n\nif __name__ == '__main__':\n    main()\n"}
    shape = Record(kind="dataclass", site=place(files, "run.py", "class Job"), qualname="Job")

    assert named(shape, sources_of(files)).names == {("run", "Job"), ("__main__", "Job")}


def test_what_a_handler_catches_may_be_any_of_pythons_own_exceptions():
    """They hold what they are given; those that other code defines are refused, and that is said."""
    found = named(Failure(name="Exception"), sources_of(FILES))

    assert {("builtins", "LookupError"), ("builtins", "OSError"), ("builtins", "Exception")} <= found.names
    assert not {name for _, name in found.names} & {"SystemExit", "IOError", "getattr"}
    assert found.guessed == ("exceptions that are not Python's own are refused",)


def test_what_is_not_known_is_said():
    """A list that is guessed is one that a person looks at."""
    site = place(FILES, "app/jobs.py", "class Job")
    sources = sources_of(FILES)

    assert named(Unknown(why="it comes from a queue", site=site), sources).guessed == (
        "it comes from a queue (app/jobs.py:1)",
    )
    assert named(record("class", "Job"), sources).guessed
    assert named(Failure(name="Exception"), sources).guessed
    assert named(Failure(name="Odd"), sources).guessed


def test_a_tensor_has_no_list():
    """Its pickle asks for a function that unpickles: who may ask for that may ask for everything."""
    assert "by no list" in named(Array(library="torch"), sources_of(FILES)).impossible[0]


def held(*attributes):
    """The names of a dump of a plain object with these attributes."""
    plain = record("class", "Job")
    sent = dump(
        {"s.py": "pickle.dumps(x)"},
        "s.py",
        "pickle.dumps(x)",
        shape=plain,
        holdings=(Holding(record=plain, attributes=attributes),),
    )
    return of_dump(sent, sources_of(FILES))


def test_what_an_object_holds_is_listed_with_it_and_stays_a_guess():
    """The class does not say what may be in its attributes; what was read from assignments may not be all."""
    found = held(("part", record("dataclass", "Job.Part")), ("number", Plain(type="int")))

    assert found.names == {("app.jobs", "Job"), ("app.jobs", "Job.Part")}
    assert found.guessed == (
        "Job (app/jobs.py:1) does not say what its attributes are: they were read from what is assigned to them",
    )


def test_attributes_that_are_not_known_are_named_once():
    """A list without them may do, since a tensor may never be sent; a person is told which they are."""
    found = held(("weights", Array(library="torch")), ("extra", Unknown(why="it comes from a queue")))

    assert found.impossible == ()
    assert found.guessed[1:] == ("what Job (app/jobs.py:1) holds is not known as a whole: `weights`, `extra`",)

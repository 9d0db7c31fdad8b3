"""Functions are changed in one way, the same in every run."""

import ast

import pytest

from bench.lineage.mutations import KINDS, mutated
from gnomon.trace.units import units

CODE = """
def handle(self, sock, limit=3):
    header = sock.recv(limit)
    size = int.from_bytes(header, "big")
    self.seen = size
    other = self.clock.now()
    payload = sock.recv(size)
    message = pickle.loads(payload)
    self.queue.put(message)
    self.count = other
    return message
"""


def _function():
    return ast.parse(CODE).body[0]


def _shingles(functions):
    module = ast.parse("import pickle")
    module.body += functions
    return frozenset().union(*(unit.shingles for unit in units(module, "a.py", frozenset({"pickle.loads"}))))


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_is_the_same_every_time_and_leaves_the_function_alone(kind):
    """Seed and intensity decide, and the function that is given stays as it was."""
    function = _function()
    first = [ast.unparse(each) for each in mutated(function, kind, 0.3, "seed")]
    second = [ast.unparse(each) for each in mutated(function, kind, 0.3, "seed")]

    assert first == second
    assert first != [ast.unparse(function)]
    assert ast.unparse(function) == ast.unparse(_function())


@pytest.mark.parametrize("kind", ["locals renamed", "annotated and reformatted"])
def test_what_the_comparison_ignores_changes_nothing(kind):
    """Names of variables, annotations and layout are not compared."""
    assert _shingles(mutated(_function(), kind, 0.6, "seed")) == _shingles([_function()])


@pytest.mark.parametrize("kind", ["attributes renamed", "statements deleted", "statements reordered"])
def test_what_the_comparison_sees_changes_something(kind):
    """Other attributes, fewer statements and another order are other shingles."""
    assert _shingles(mutated(_function(), kind, 0.6, "seed")) != _shingles([_function()])


def test_a_split_function_is_two():
    """The statements at its end are in a second function, the others in the first."""
    first, second = mutated(_function(), "split in two", 0.5, "seed")

    assert "header" in ast.unparse(first)
    assert "return message" not in ast.unparse(first)
    assert "return message" in ast.unparse(second)

"""Frames and values are told apart at a cost that does not depend on how they were reached."""

import ast

from gnomon.core.tree import SourceFile
from gnomon.python.project import Project
from gnomon.scan.identity import naming
from gnomon.scan.values import Frame, Instance


def test_a_value_reached_through_many_others_is_compared_at_once():
    """Each level names the one below it twice: compared part by part, sixty of them would take longer than a life."""
    module = Project([SourceFile(path="a.py", data=b"def f():\n    pass\n")]).module("a.py")
    node = ast.Name("f")

    with naming():
        one, other = (_deep(module, node) for _ in range(2))

        assert one.key == other.key
        assert hash(one.key) == hash(other.key)
        assert one.key != Frame(module, None, None, one).key


def _deep(scope, node):
    frame = Frame(scope)
    for _ in range(60):
        frame = Frame(scope, None, Instance("zmq.Socket", node, frame), frame)
    return frame

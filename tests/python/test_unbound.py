"""What a fragment takes from the file it was cut out of."""

import ast

import pytest

from gnomon.python.unbound import unbound


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x = pickle.loads(sock.recv())", ("pickle", "sock")),
        ("import pickle\nfor s in socks:\n    pickle.loads(s.recv())", ("socks",)),
        ("def f(a, *b, **c):\n    return a, b, c, d", ("d",)),
        ("with open(p) as f:\n    f.read()", ("p",)),
        ("try:\n    pass\nexcept E as e:\n    print(e)", ("E",)),
        ("match m:\n    case [x, *y]:\n        print(x, y)", ("m",)),
        ("import os.path as p, a.b\np, a", ()),
        ("print(len([x for x in range(3)]))", ()),
    ],
)
def test_names_that_nothing_binds_are_told(text, names):
    """Names read but never bound, in the order of their use; builtins are bound."""
    assert tuple(sorted(unbound(ast.parse(text)).names)) == tuple(sorted(names))


def test_called_names_are_told_apart():
    """A name that is called may be a function, not a variable."""
    found = unbound(ast.parse("handle(sock.recv())"))

    assert set(found.names) == {"handle", "sock"}
    assert found.called == {"handle"}

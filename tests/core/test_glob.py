"""Which paths a pattern of the configuration names."""

from time import perf_counter

import pytest

from gnomon.core.glob import matches


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("tests", "tests/a.py", True),
        ("tests/", "src/tests/deep/a.py", True),
        ("tests", "src/contests/a.py", False),
        ("*_pb2.py", "src/rpc/wire_pb2.py", True),
        ("server.py", "a/server.py", True),
        ("/server.py", "a/server.py", False),
        ("/server.py", "server.py", True),
        ("src/*.py", "src/a.py", True),
        ("src/*.py", "src/deep/a.py", False),
        ("src/*.py", "other/src/a.py", False),
        ("src/**/*.py", "src/a.py", True),
        ("src/**/*.py", "src/very/deep/a.py", True),
        ("**/examples/**", "a/b/examples/c/d.py", True),
        ("src/a", "src/a/b/c.py", True),
        ("src/a", "src/ab/c.py", False),
        ("src/[ab].py", "src/b.py", True),
        ("src/?.py", "src/ab.py", False),
        ("*", "anything/at/all.py", True),
        ("SRC", "src/a.py", False),
    ],
)
def test_a_pattern_names_files_and_folders(pattern, path, expected):
    """As in ignore files: without a slash at any depth, with one from the root; a folder takes what is in it."""
    assert matches(pattern, path) is expected


def test_a_path_can_not_make_matching_slow():
    """Many stars against a long path that almost matches."""
    began = perf_counter()

    assert not matches("/".join(["**", "a"] * 20) + "/b", "/".join(["a"] * 2_000))

    assert perf_counter() - began < 5

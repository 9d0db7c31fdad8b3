"""What a hook is given: recognised by its form, read without ever raising, never read from outside the project."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.io.edits import UNNAMED, project_of, read_change
from gnomon.io.limits import Limits

DIFF = b"diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,3 @@\n x = 1\n+y = 2\n z = 3\n"
EVENT = {"hook_event_name": "PreToolUse", "tool_input": {"file_path": "a.py", "content": "x = 1\n"}}
PIECES = [
    *DIFF.splitlines(keepends=True),
    json.dumps(EVENT).encode(),
    b'{"tool_input": ',
    b"import zmq\n",
    b"\xff\xfe\x00",
    b"\r\n",
]


def test_the_form_tells_what_it_is(tmp_path):
    """Source, a diff and an event are told apart; a name makes anything source."""
    source = read_change(b"x = 1\n", folder=tmp_path)
    diff = read_change(DIFF, folder=tmp_path)
    event = read_change(json.dumps(EVENT).encode(), folder=tmp_path)
    named = read_change(DIFF, path="b.py", folder=tmp_path)

    assert [(each.edits[0].path, each.edits[0].added, each.event) for each in (source, diff, event, named)] == [
        (UNNAMED, None, ""),
        ("a.py", frozenset({2}), ""),
        ("a.py", None, "PreToolUse"),
        ("b.py", None, ""),
    ]
    assert diff.edits[0].data == b"x = 1\ny = 2\nz = 3\n"
    assert not diff.edits[0].whole


def test_a_matching_file_is_taken_whole(tmp_path):
    """The working tree's file is used if it has the hunks, whatever its line ends; else it is another version."""
    (tmp_path / "a.py").write_bytes(b"x = 1\r\ny = 2\r\nz = 3\r\nw = 4\r\n")
    whole = read_change(DIFF, folder=tmp_path)
    (tmp_path / "a.py").write_bytes(b"x = 1\nother = 2\nz = 3\n")
    part = read_change(DIFF, folder=tmp_path)

    assert (whole.edits[0].data.count(b"\n"), whole.edits[0].whole) == (4, True)
    assert (part.edits[0].data, part.edits[0].whole) == (b"x = 1\ny = 2\nz = 3\n", False)


def test_the_project_is_the_nearest_root(tmp_path):
    """A folder with .git or pyproject.toml, at or above."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / ".git").mkdir()

    assert project_of(tmp_path / "a" / "b") == tmp_path / "a"
    assert project_of(tmp_path) == tmp_path


def test_a_pipe_in_a_file_s_place_is_not_waited_for(tmp_path):
    """An event that names a pipe is judged by its own text."""
    os.mkfifo(tmp_path / "a.py")
    asked = {"tool_input": {"file_path": str(tmp_path / "a.py"), "old_string": "x", "new_string": "y = 1"}}

    change = read_change(json.dumps(asked).encode(), folder=tmp_path)

    assert change.edits[0].data == b"y = 1"


def test_notebooks_are_read_by_their_cells(tmp_path):
    """A notebook's new text becomes its code; a part of one can't be read, and says so."""
    notebook = {"cells": [{"cell_type": "code", "source": ["import zmq"]}]}
    asked = {"tool_input": {"file_path": "a.ipynb", "content": json.dumps(notebook)}}
    cell = {"tool_input": {"notebook_path": "a.ipynb", "new_source": "import zmq"}}

    written = read_change(json.dumps(asked).encode(), folder=tmp_path)
    replaced = read_change(json.dumps(cell).encode(), folder=tmp_path)
    part = read_change(DIFF.replace(b".py", b".ipynb"), folder=tmp_path)

    assert written.edits[0].data.strip() == replaced.edits[0].data == b"import zmq"
    assert [entry.path for entry in part.skipped] == ["a.ipynb"]


def test_what_is_too_large_is_skipped(tmp_path):
    """A file beyond the limit is named with its size."""
    change = read_change(b"x = 1\n" * 100, path="a.py", folder=tmp_path, limits=Limits(max_file_bytes=100))

    assert change.edits == ()
    assert [entry.path for entry in change.skipped] == ["a.py"]


@pytest.mark.parametrize("name", ["/etc/passwd.py", "../../a.py", "a\0b.py", "\udcff.py", "."])
def test_odd_names_do_no_harm(tmp_path, name):
    """Whatever path an event names, it is read or judged by its own text."""
    asked = {"tool_input": {"file_path": name, "old_string": "x", "new_string": "y = 1"}}

    change = read_change(json.dumps(asked).encode(), folder=tmp_path)

    assert [edit.data for edit in change.edits] in ([], [b"y = 1"])


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=20), max_size=12))
def test_no_input_makes_it_raise(pieces):
    """Any bytes are read as something."""
    read_change(b"".join(pieces), folder=Path("/nonexistent"))

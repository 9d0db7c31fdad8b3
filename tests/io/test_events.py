"""The JSON that assistants send to their hooks."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.io.events import NotUnderstood, Replacement, event, is_event

EDIT = {"file_path": "/p/a.py", "old_string": "x", "new_string": "y", "replace_all": True}


def test_each_documented_event_is_read():
    """Claude Code, Gemini CLI and Cursor: which file, what is written, and whether it has been written."""
    asked = {
        "write": {"hook_event_name": "PreToolUse", "cwd": "/p", "tool_name": "Write",
                  "tool_input": {"file_path": "/p/a.py", "content": "z"}},
        "edit": {"hook_event_name": "PostToolUse", "tool_name": "Edit", "tool_input": EDIT, "tool_response": {}},
        "several": {"hook_event_name": "PreToolUse", "tool_name": "MultiEdit",
                    "tool_input": {"file_path": "/p/a.py", "edits": [{"old_string": "x", "new_string": "y"}]}},
        "cell": {"hook_event_name": "PreToolUse", "tool_name": "NotebookEdit",
                 "tool_input": {"notebook_path": "/p/a.ipynb", "new_source": "z"}},
        "gemini": {"hook_event_name": "AfterTool", "tool_name": "write_file",
                   "tool_input": {"file_path": "a.py", "content": "z"}},
        "cursor": {"hook_event_name": "afterFileEdit", "workspace_roots": ["/p"], "file_path": "/p/a.py",
                   "edits": [{"old_string": "x", "new_string": "y"}]},
    }  # fmt: skip

    read = {name: event(json.dumps(each).encode()) for name, each in asked.items()}

    assert {name: (each.path, each.folder, each.done) for name, each in read.items()} == {
        "write": ("/p/a.py", "/p", False),
        "edit": ("/p/a.py", "", True),
        "several": ("/p/a.py", "", False),
        "cell": ("/p/a.ipynb", "", False),
        "gemini": ("a.py", "", True),
        "cursor": ("/p/a.py", "/p", True),
    }
    assert (read["write"].content, read["gemini"].content, read["cell"].cell) == ("z", "z", "z")
    assert read["edit"].replacements == (Replacement("x", "y", replace_all=True),)
    assert read["several"].replacements == read["cursor"].replacements == (Replacement("x", "y"),)


@pytest.mark.parametrize(
    "other",
    [
        {"hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {"command": "ls"}},
        {"hook_event_name": "PreToolUse", "tool_name": "Read", "tool_input": {"file_path": "/p/a.py"}},
        {"hook_event_name": "Stop"},
        {"hook_event_name": "beforeMCPExecution", "tool_input": '{"a": 1}'},
    ],
)
def test_events_that_write_nothing_are_none(other):
    """Events of other tools are events, but no edits."""
    data = json.dumps(other).encode()

    assert is_event(data)
    assert event(data) is None


@pytest.mark.parametrize(
    "data", [b'{"tool_input": ', b'{"tool_input": {"file_path": "a.py"}', b'{"tool_input": ' + b"[" * 99_999]
)
def test_a_broken_event_is_said(data):
    """What begins as an event and can't be read is not taken for source."""
    assert is_event(data)
    with pytest.raises(NotUnderstood, match="not of the documented form"):
        event(data)


def test_half_of_a_surrogate_pair_is_read():
    """JSON may hold what is no text; the rest of the edit is judged all the same."""
    asked = event(b'{"tool_input": {"file_path": "a.py", "content": "x = 1  # \\ud83d"}}')

    assert asked.content.startswith("x = 1")


@pytest.mark.parametrize("value", [5, ["x"], {"a": 1}])
def test_a_field_of_another_type_is_said(value):
    """A changed format is an error that names the field, not a guess."""
    data = json.dumps({"tool_input": {"file_path": "a.py", "content": value}}).encode()

    with pytest.raises(NotUnderstood, match="content"):
        event(data)


@pytest.mark.parametrize("data", [b"{}", b'{"a": 1}', b"{x: 1}", b"import os", b"[1]", b'x = {"tool_input": 1}'])
def test_source_is_no_event(data):
    """Only a JSON object with an event's fields is one."""
    assert not is_event(data)


FIELDS = st.sampled_from(["tool_input", "edits", "file_path", "cwd", "content", "workspace_roots"])
VALUES = st.integers() | st.text("{}[]a", max_size=5) | st.none() | st.lists(st.integers(), max_size=2)


@given(st.dictionaries(FIELDS, VALUES | st.dictionaries(FIELDS, VALUES, max_size=3), max_size=4))
def test_no_object_makes_it_raise_anything_else(fields):
    """Whatever the fields hold, the event is read or said not to be understood."""
    with contextlib.suppress(NotUnderstood):
        event(json.dumps({"hook_event_name": "x", **fields}).encode())

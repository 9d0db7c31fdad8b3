"""The JSON by which coding assistants ask a hook about an edit -> what they write, and where.

Read are events of tools that write files, recognised by their fields, not by the tool's name:

- Claude Code, PreToolUse and PostToolUse of Write, Edit, MultiEdit and NotebookEdit (https://code.claude.com/docs/en/hooks);
- Gemini CLI, BeforeTool and AfterTool of write_file and replace (https://geminicli.com/docs/hooks/reference);
- Cursor, afterFileEdit (https://cursor.com/docs/agent/hooks).

The first two take exit code 2 with a text on standard error as "no, and this is why", and other codes as a failed hook.
"""

import json
import re

import msgspec
from msgspec import Struct, field

_EVENT = re.compile(rb'\s*\{.*"(?:hook_event_name|tool_input)"\s*:', re.DOTALL)


class Replacement(Struct, frozen=True):
    """One passage that takes another's place; an empty `old_string` begins a file."""

    old_string: str = ""
    new_string: str = ""
    replace_all: bool = False


class Event(Struct, frozen=True, kw_only=True):
    """One edit that an assistant is about to make, or has made."""

    path: str
    folder: str
    """The assistant's working folder; empty if it does not say."""
    done: bool
    """True if the file has been written already."""
    content: str | None = None
    """The file's whole new text, if that is what the tool gets."""
    cell: str | None = None
    """The new source of one cell of a notebook, likewise."""
    replacements: tuple[Replacement, ...] = ()


class NotUnderstood(Exception):
    """An event does not have the documented form; the message says in what."""


class _Envelope(Struct):
    hook_event_name: str = ""
    cwd: str = ""
    workspace_roots: list[str] = field(default_factory=list)
    tool_input: object = None
    file_path: str | None = None
    edits: tuple[Replacement, ...] | None = None


class _Written(Struct):
    file_path: str = ""
    notebook_path: str = ""
    content: str | None = None
    new_source: str | None = None
    old_string: str | None = None
    new_string: str | None = None
    replace_all: bool = False
    edits: tuple[Replacement, ...] = ()


def is_event(data: bytes) -> bool:
    """True for what begins as a JSON object and has a key that only a hook's event has."""
    return _EVENT.match(data) is not None


def event_name(data: bytes) -> str:
    """What the event calls itself; `event` if it does not."""
    try:
        return _envelope(data).hook_event_name or "event"
    except NotUnderstood:
        return "event"


def event(data: bytes) -> Event | None:
    """The edit; None if the event is none. Raises NotUnderstood."""
    envelope = _envelope(data)
    if envelope.file_path is not None and envelope.edits is not None:
        return _edit(envelope, _Written(file_path=envelope.file_path, edits=envelope.edits))
    if not isinstance(envelope.tool_input, dict):
        return None
    try:
        return _edit(envelope, msgspec.convert(envelope.tool_input, _Written))
    except msgspec.ValidationError as error:
        raise NotUnderstood(f"the event's tool_input is not of the documented form: {error}") from None


def _envelope(data: bytes) -> _Envelope:
    try:
        # Not msgspec's own reader: it refuses half of a surrogate pair, which assistants do write.
        return msgspec.convert(json.loads(data), _Envelope)
    except (ValueError, RecursionError) as error:
        raise NotUnderstood(f"the event is not of the documented form: {error}") from None


def _edit(envelope: _Envelope, written: _Written) -> Event | None:
    replacements = written.edits
    if written.new_string is not None:
        only = Replacement(written.old_string or "", written.new_string, written.replace_all)
        replacements = (only, *replacements)
    path = written.file_path or written.notebook_path
    if not path or (written.content is None and written.new_source is None and not replacements):
        return None
    return Event(
        path=path,
        folder=envelope.cwd or next(iter(envelope.workspace_roots), ""),
        done=envelope.hook_event_name.lower().startswith(("post", "after")),
        content=written.content,
        cell=written.new_source,
        replacements=replacements,
    )

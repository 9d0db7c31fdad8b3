"""The JSON by which coding assistants ask a hook about an edit -> what they write, and where.

Read are events of tools that write files, recognised by their fields, not by the tool's name:

- Claude Code, PreToolUse and PostToolUse of Write, Edit, MultiEdit and NotebookEdit (https://code.claude.com/docs/en/hooks);
- Gemini CLI, BeforeTool and AfterTool of write_file and replace (https://geminicli.com/docs/hooks/reference);
- Cursor, afterFileEdit (https://cursor.com/docs/agent/hooks).

The first two take exit code 2 with a text on standard error as "no, and this is why", and other codes as a failed hook.
"""

import msgspec
from msgspec import Raw, Struct, field

_NONE = Raw(b"null")


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
    tool_input: Raw = _NONE
    file_path: str | None = None
    edits: Raw = _NONE


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
    """True for a JSON object that names a hook's event or a tool's input."""
    if not data.lstrip().startswith(b"{") or not (b'"hook_event_name"' in data or b'"tool_input"' in data):
        return False
    try:
        return isinstance(msgspec.json.decode(data), dict)
    except msgspec.DecodeError:
        return False


def event_name(data: bytes) -> str:
    """What the event calls itself; `event` if it does not."""
    try:
        return msgspec.json.decode(data, type=_Envelope).hook_event_name or "event"
    except msgspec.DecodeError:
        return "event"


def event(data: bytes) -> Event | None:
    """The edit; None if the event is none. Raises NotUnderstood."""
    try:
        envelope = msgspec.json.decode(data, type=_Envelope)
        if envelope.file_path is not None and bytes(envelope.edits) != b"null":
            written = _Written(
                file_path=envelope.file_path, edits=msgspec.json.decode(envelope.edits, type=tuple[Replacement, ...])
            )
        elif bytes(envelope.tool_input).lstrip().startswith(b"{"):
            written = msgspec.json.decode(envelope.tool_input, type=_Written)
        else:
            return None
    except msgspec.DecodeError as error:
        raise NotUnderstood(f"the event's JSON is not of the documented form: {error}") from None
    return _edit(envelope, written)


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

"""Untrusted text made harmless to look at: whatever a terminal, a viewer or a build log would obey becomes visible.

File names, code and addresses come from scanned trees, so they may hold anything: escape sequences that repaint a
terminal or set its title, bidirectional controls that reorder what is read (https://trojansource.codes), line ends that
fake further output, invisible characters, bytes that are no text at all, and commands for the build system that
collects our output (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
"""

import re
from collections.abc import Iterable
from itertools import accumulate

# Printable to Python (https://docs.python.org/3/library/stdtypes.html#str.isprintable), yet drawn as nothing
# (https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point), and the braille blank.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | frozenset(
    chr(code) for block in (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0)) for code in block
)
_BUILD_COMMAND = re.compile(r"#(?=#(?:\[|vso\[))|(?<!\S):(?=:)", re.IGNORECASE)
_JSON_UNQUIET = re.compile(r"[^\x00-\x7e]|#(?=#(?:\[|vso\[))", re.IGNORECASE)
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def visible(text: str) -> str:
    r"""`text` on one line, every character that is not plainly printable shown as `\x1b`, `\u202e` or `\U000e0001`.

    A backslash stays as it is: code remains readable, and nothing can be hidden by what is only ambiguous.
    """
    if text.isascii() and text.isprintable():
        return _BUILD_COMMAND.sub(_escaped_match, text) if "##" in text or "::" in text else text
    shown = "".join(char if char.isprintable() and char not in _INVISIBLE else _escaped(char) for char in text)
    return _BUILD_COMMAND.sub(_escaped_match, shown)


def visible_together(texts: Iterable[str]) -> list[str]:
    """Each text as `visible` has it, also where a command begins in one and goes on in the next."""
    shown = [visible(text) for text in texts]
    line = "".join(shown)
    commands = {match.start() for match in _BUILD_COMMAND.finditer(line)} if "##" in line or "::" in line else set()
    starts = accumulate(map(len, shown), initial=0)
    return [
        "".join(_escaped(char) if at in commands else char for at, char in enumerate(text, start)) if commands else text
        for start, text in zip(starts, shown, strict=False)
    ]


def encodable(text: str) -> str:
    r"""`text` with what has no place in UTF-8 (undecodable bytes of a file name) shown as `\udcff`."""
    return text if text.isascii() else _SURROGATE.sub(_escaped_match, text)


def quiet_json(document: str) -> str:
    """The same JSON document with every character that a terminal would obey written as a JSON escape."""
    return _JSON_UNQUIET.sub(_json_escape, document)


def _escaped(char: str) -> str:
    code = ord(char)
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _escaped_match(match: re.Match[str]) -> str:
    return _escaped(match[0])


def _json_escape(match: re.Match[str]) -> str:
    char = match[0]
    if char.isprintable() and not char.isascii() and char not in _INVISIBLE:
        return char
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))

"""Passages of a text replaced, as assistants describe their edits, and the lines on which the new text stands."""

from collections.abc import Iterable

from msgspec import Struct

from gnomon.io.events import Replacement

MAX_PLACES = 100
"""Places of one passage up to which it is told which lines are new."""


class Replaced(Struct, frozen=True):
    """A text after its replacements."""

    text: str
    added: frozenset[int] | None
    """1-based lines that hold new text; None if all of them count."""


def replaced(text: str, replacements: Iterable[Replacement]) -> Replaced | None:
    """`text` with each replacement made, one after the other; None if a passage is not there."""
    spans: list[tuple[int, int]] = []
    countless = False
    for entry in replacements:
        old, new = _plain(entry.old_string), _plain(entry.new_string)
        if not old:
            return Replaced(new, None) if not text.strip() else None
        if old not in text:
            return None
        if entry.replace_all and text.count(old) > MAX_PLACES:
            text, countless = text.replace(old, new), True
            continue
        at = text.find(old)
        while at >= 0:
            text = text[:at] + new + text[at + len(old) :]
            spans = [_shifted(span, at, len(old), len(new)) for span in spans]
            if new or not _is_whole_lines(old, text, at):
                spans.append((at, at + (len(new) or 1)))
            at = text.find(old, at + len(new)) if entry.replace_all else -1
    return Replaced(text, None if countless else _lines(text, spans))


def found(text: str, replacements: Iterable[Replacement]) -> Replaced:
    """`text`, in which the replacements have been made; all of it counts as new if one of them is not found again."""
    spans: list[tuple[int, int]] = []
    for entry in replacements:
        new = _plain(entry.new_string)
        at = text.find(new) if new.strip() else -1
        if new.strip() and (at < 0 or text.count(new) > MAX_PLACES):
            return Replaced(text, None)
        while at >= 0:
            spans.append((at, at + len(new)))
            at = text.find(new, at + len(new))
    return Replaced(text, _lines(text, spans))


def _is_whole_lines(old: str, text: str, at: int) -> bool:
    """True if taking `old` out of `text` at a place left the lines around it as they were."""
    at_start, at_end = at == 0 or text[at - 1] == "\n", at == len(text) or text[at] == "\n"
    return (old.endswith("\n") and at_start) or (old.startswith("\n") and at_end)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def _shifted(span: tuple[int, int], at: int, old: int, new: int) -> tuple[int, int]:
    """Where a span is after `old` characters at `at` became `new` ones."""
    start, end = span
    if end <= at:
        return span
    return (start if start <= at else max(at, start - old + new), max(at, end - old + new))


def _lines(text: str, spans: Iterable[tuple[int, int]]) -> frozenset[int]:
    added: set[int] = set()
    for start, end in spans:
        if start < end:
            first = text.count("\n", 0, start) + 1
            added.update(range(first, first + text.count("\n", start, end - 1) + 1))
    return frozenset(added)

"""A change of files as values: what is replaced, added and no longer needed, and what fix says of it."""

from typing import Literal

from msgspec import Struct

from gnomon.core.finding import Finding
from gnomon.core.site import Span

Style = Literal["wire", "msgspec", "json", "hmac", "curve", "restrict", "weights-only"]
"""What takes a pickle's place: the channel of gnomon.wire, typed MessagePack, JSON, a signed pickle, an authenticated
connection, an unpickler with an exact allow-list, and a loader's own switch."""
Standing = Literal["automatic", "suggested", "impossible"]
"""automatic: both ends are known and nothing was guessed; suggested: a person has to decide; impossible: see why."""


class Replacement(Struct, frozen=True, kw_only=True):
    """An expression, or whole statements, that other code takes the place of."""

    path: str
    """Relative to the target's root, `/`-separated; what is no Python file is changed as text."""
    span: Span
    """Columns as a CodeSite has them: UTF-8 bytes, from 1, the end inclusive."""
    pieces: tuple[str | Span, ...]
    """The new code in order: texts, and parts of the same file that are kept as written, with what is replaced in
    them. Empty to take the code away."""
    statement: bool = False
    """True if the span is a whole statement and the pieces are statements, a line each, without indentation."""


class Import(Struct, frozen=True, kw_only=True):
    """`import module`, or `from module import name`, at the top of a file."""

    path: str
    module: str
    """Dotted; with leading dots for a relative import."""
    name: str = ""
    alias: str = ""


class Section(Struct, frozen=True, kw_only=True):
    """A part of a new file: sections of one path are written together, their imports first, in order of their names."""

    path: str
    name: str
    """Identifies it within the file."""
    summary: str
    """The file's docstring: one sentence. The same in all sections of a file."""
    imports: tuple[str, ...] = ()
    """Whole lines."""
    body: str = ""
    """What follows the imports; sections with the same body are written once."""


class Patch(Struct, frozen=True, kw_only=True):
    """Everything that changes together, or not at all."""

    replacements: tuple[Replacement, ...] = ()
    imports: tuple[Import, ...] = ()
    unneeded: tuple[Import, ...] = ()
    """Taken away where nothing else in the file uses their name."""
    sections: tuple[Section, ...] = ()


class Offer(Struct, frozen=True, kw_only=True):
    """A change that removes findings, or why there is none."""

    findings: tuple[Finding, ...]
    """What it removes; sorted by place."""
    style: Style
    recipe: str
    """Which recipe made it: `sockets`, `payloads`, `endpoint`, `hatch` …"""
    standing: Standing
    title: str
    """One sentence: what is done where."""
    why: tuple[str, ...] = ()
    """Why it is no more than suggested, or impossible: clauses that name places. Untrusted text."""
    patch: Patch = Patch()
    tests: tuple[Section, ...] = ()
    """New test files, for pytest."""
    afterwards: tuple[str, ...] = ()
    """What a person has to do then: sentences; of an impossible offer, styles with a change."""

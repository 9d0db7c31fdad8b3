"""What a person or an assistant is about to change: a file's text after the change, and which of its lines are new."""

from msgspec import Struct

from gnomon.core.finding import Skipped


class Edit(Struct, frozen=True, kw_only=True):
    """One file after a change."""

    path: str
    """`/`-separated, relative to the project where that is known; untrusted text."""
    data: bytes
    """The whole file, or as much of it as is known: then on the lines it has in the file."""
    added: frozenset[int] | None = None
    """1-based lines that the change adds or rewrites; None if all of them count."""
    whole: bool = True
    """False if only a part of the file is known."""


class Change(Struct, frozen=True, kw_only=True):
    """Everything that one input changes."""

    edits: tuple[Edit, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    event: str = ""
    """Name of the event by which an assistant asks, which wants its answer by its own protocol; empty if none does."""

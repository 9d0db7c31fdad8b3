"""What a writer of `gnomon fix` is given: what was found, what can be done about it, and what was done."""

from msgspec import Struct

from gnomon.core.finding import Report
from gnomon.core.patch import Offer
from gnomon.render.page import Style


class FileChange(Struct, frozen=True, kw_only=True):
    """A file before and after."""

    path: str
    before: bytes | None
    """None for a new file."""
    after: bytes


class Tried(Struct, frozen=True, kw_only=True):
    """An offer, and what it makes by itself."""

    offer: Offer
    changes: tuple[FileChange, ...] = ()
    """In path order; none if it is impossible."""
    chosen: bool = False
    """True if it is part of what --write applies."""


class FixOutcome(Struct, frozen=True, kw_only=True):
    """Everything that one run of `gnomon fix` has to tell."""

    report: Report
    """Before."""
    tried: tuple[Tried, ...]
    changes: tuple[FileChange, ...] = ()
    """What --write applies, all chosen offers together, in path order."""
    after: Report | None = None
    """With all of that; None if nothing is applied."""
    written: bool = False
    unsafe: bool = False
    prefix: str = ""
    """What to put before paths so that they are relative to the working folder: "" or ending in `/`."""
    style: Style = Style()
    elapsed_s: float = 0.0

"""What has changed from one release of a project to the next: flaws that came, went, and became worse or better."""

from typing import Literal

from msgspec import Struct

Kind = Literal[
    "new",  # no earlier release that was looked at has it
    "reintroduced",  # an earlier release had it, and a later one did not
    "worse",  # more can reach it, or what authenticated it does so no more
    "better",  # fewer can reach it, or it is behind a flag; the load is still there
    "fixed",  # it is gone or harmless
    "unseen",  # it is not reported, which proves no fix: its load is still there, or the release could not be read whole
]
BAD: tuple[Kind, ...] = ("reintroduced", "new", "worse")
"""What nobody wants in an upgrade, the worst first."""
How = Literal[
    "",
    "removed",  # the load is gone
    "replaced",  # there is another load in its function, in which nothing is found
    "authenticated",  # the load is there, behind an effective authentication
    "repaired",  # as a repair that is known of the code it is a copy of
    "narrowed",  # fewer hosts can reach it
    "gated",  # it is behind a flag
    "widened",  # more hosts can reach it
    "opened",  # what authenticated it is gone or has no effect
]


class Flaw(Struct, frozen=True, kw_only=True):
    """One unsafe load in one release. All text is untrusted."""

    rule: str
    """Of the finding; "" for a copy of flawed code in which scan finds nothing by itself."""
    severity: str
    """`note` if it is authenticated effectively."""
    path: str
    """Without the folder that a source release lies in."""
    line: int
    qualname: str
    sink: str
    reach: str = ""
    authentication: str = ""
    effective: bool = False
    transport: str = ""
    address: str = ""
    message: str = ""
    fingerprint: str = ""
    state: str = ""
    """What trace says of it (`core/lineage.py`); "" if nothing."""
    signature: str = ""
    advisories: tuple[str, ...] = ()
    code: str = ""
    """The line of the load as it is written, blanks aside."""
    source: tuple[str, str] = ("", "")
    """File and text of the line where the bytes come in."""
    opening: tuple[str, str] = ("", "")
    """File and text of the line that its reach was read from."""

    @property
    def is_open(self) -> bool:
        """False if authentication makes it harmless."""
        return self.severity != "note"


class Change(Struct, frozen=True, kw_only=True):
    """What has become of one flaw."""

    kind: Kind
    how: How = ""
    sure: bool = True
    """False if what seems to have changed may be no more than how far an address could be followed."""
    note: str = ""
    """One phrase, no full stop: why this is said; may hold untrusted text."""
    flaw: Flaw
    """As it is now; if it is gone, as it was."""
    before: Flaw | None = None
    """As it was in the last release that had it; None for a new one."""
    since: str = ""
    """Label of that release."""


class Compared(Struct, frozen=True, kw_only=True):
    """A release held against those before it in the order of versions."""

    label: str
    date: str = ""
    """ISO 8601 day; "" if it is not known."""
    against: str = ""
    """The highest lower version that was looked at; "" if this is the lowest: then nothing has changed."""
    whole: bool = True
    """False if something in it could not be read."""
    changes: tuple[Change, ...] = ()
    """Worst first."""
    standing: tuple[Flaw, ...] = ()
    """Every open flaw that it has, the worst first."""
    unchanged: int = 0
    """Open flaws that are as they were."""

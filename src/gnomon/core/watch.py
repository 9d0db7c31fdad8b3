"""What has changed from one release of a project to the next: flaws that came, went, and became worse or better."""

from typing import Literal

from msgspec import Struct

Kind = Literal[
    "new",  # no earlier release that was looked at has it
    "reintroduced",  # an earlier release had it, and a later one did not
    "worse",  # more can reach it, or what authenticated it does so no more
    "better",  # fewer can reach it, or it is behind a flag; the load is still there
    "fixed",  # it is gone or harmless
    "unseen",  # it is not reported, which is no fix: its load is there, or not all could be read
]
BAD: tuple[Kind, ...] = ("reintroduced", "new", "worse")
"""What nobody wants in an upgrade, the worst first."""
How = Literal[
    "",
    "removed",  # the load is gone, or what it may load is restricted
    "authenticated",  # the load is there, behind an effective authentication
    "repaired",  # as a repair that is known of the code it is a copy of
    "narrowed",  # fewer hosts can reach it
    "gated",  # it is behind a flag
    "moved",  # it may be in other code, that is new
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
    kind: str = ""
    """Of the source, as in `core/rule.py`: `zmq`."""
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
    """False if what seems to have changed may be no more than how far the code could be followed."""
    note: str = ""
    """One phrase, no full stop: why this is said; may hold untrusted text."""
    flaw: Flaw
    """As it is now; if it is gone, as it was."""
    before: Flaw | None = None
    """As it was in the last release that had it; None for a new one."""
    since: str = ""
    """Label of that release."""


class Advised(Struct, frozen=True, kw_only=True):
    """What is known of two releases by an advisory."""

    advisory: str
    before: str
    """As `core/audit.py` calls it: `affected`, `clear`; "" if nothing was known."""
    now: str


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
    advised: tuple[Advised, ...] = ()
    """Advisories of which another thing is true than of the release before."""
    standing: tuple[Flaw, ...] = ()
    """Every open flaw that it has, the worst first."""
    unchanged: int = 0
    """Open flaws that are as they were."""


class News(Struct, frozen=True, kw_only=True):
    """What is told of one release."""

    label: str
    date: str = ""
    """ISO 8601 day; "" if it is not known."""
    problem: str = ""
    """Why it could not be looked at, or not whole; untrusted text."""
    compared: Compared | None = None
    """None if it could not be looked at."""
    baseline: bool = False
    """True if it was looked at only so that others can be held against it: nothing of it is news."""


class Withdrawn(Struct, frozen=True, kw_only=True):
    """A release that its makers have taken back (PEP 592)."""

    label: str
    why: str = ""
    """As they say; untrusted text."""


class Watched(Struct, frozen=True, kw_only=True):
    """What is told of one package."""

    name: str
    begun: bool = False
    """True if it was looked at for the first time."""
    problem: str = ""
    """Why it can't be told whether there is anything new; untrusted text."""
    newest: str = ""
    """The newest release that was looked at; "" if none was."""
    open: int | None = None
    """Open flaws of that release; None if that is not known."""
    news: tuple[News, ...] = ()
    """The lowest version first."""
    withdrawn: tuple[Withdrawn, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """True if there is nothing to tell of it."""
        return not (self.begun or self.problem or self.news or self.withdrawn)

    @property
    def is_incomplete(self) -> bool:
        """True if something of it could not be looked at."""
        return bool(self.problem) or any(each.problem for each in self.news)

    @property
    def is_bad(self) -> bool:
        """True if a flaw is new or back, or has surely become worse."""
        changes = (change for each in self.news if each.compared for change in each.compared.changes)
        return any(change.kind in BAD and (change.sure or change.kind != "worse") for change in changes)


class WatchReport(Struct, frozen=True, kw_only=True):
    """What one run has to tell."""

    number: int
    """Counts the reports of one state folder: the same number is the same report, told again."""
    packages: tuple[Watched, ...]
    """In the order of the list."""
    delayed: bool = False
    """True if some of it was found by an earlier run that ended before it had told it."""

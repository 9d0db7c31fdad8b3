"""What the releases of many projects say together: where flawed code is today, and through whom it came there."""

from typing import Literal

from msgspec import Struct

from gnomon.core.endpoint import Authentication, Reach
from gnomon.core.lineage import Clue, State
from gnomon.core.severity import Confidence, Severity

PackageState = State | Literal["authenticated", "clear", "not-read"]
"""The worst state of any place in the newest release that was looked at; `authenticated`: the load is there, and who
sends is authenticated first; `clear`: no release was ever flawed; `not-read`: none was looked at, or none could be."""


class Exposure(Struct, frozen=True, kw_only=True):
    """How bad flawed code is, as scan tells of the worst finding in it."""

    severity: Severity | None = None
    """None if scan has no finding there: then nothing is known of who can reach it."""
    reach: Reach = "unknown"
    authentication: Authentication = "unknown"
    effective: bool = False
    fingerprint: str = ""


class Flawed(Struct, frozen=True, kw_only=True):
    """A release with flawed code in it."""

    label: str
    date: str
    """ISO 8601 day; "" if it is not known."""


class PackageHistory(Struct, frozen=True, kw_only=True):
    """A package through the releases that were looked at."""

    name: str
    releases: int
    newest: str
    newest_date: str
    state: PackageState
    unsafe: int
    """Places in the newest release in which the load is still there, and no authentication holds it."""
    flawed: int
    """Releases with such a place."""
    first_flawed: Flawed | None = None
    last_flawed: Flawed | None = None
    exposure: Exposure = Exposure()
    """Of the worst such place in the last flawed release; of the newest, if none is flawed."""
    advisories: tuple[str, ...] = ()
    """Known ones that cover a release that was looked at."""
    took_from: tuple[str, ...] = ()
    """Projects, those that code was most surely taken from first."""
    gave_to: tuple[str, ...] = ()
    incomplete: int = 0
    """Releases that were not looked at as a whole."""
    failed: int = 0
    """Releases that could not be read."""


class Standing(Struct, frozen=True, kw_only=True):
    """Flawed code that is still there in the newest release of its project."""

    node: str
    """Id of it through the releases, as edges name it."""
    family: int
    project: str
    path: str
    line: int
    qualname: str
    release: str
    date: str
    state: State
    reason: str
    """Why this state, in words; may hold untrusted text."""
    exposure: Exposure
    since: str
    """First release that it was seen flawed in."""
    releases: int
    """In which it was seen flawed."""
    source: str = ""
    """Project that it was taken from; "" if none is known."""
    confidence: Confidence | None = None
    """In `source`."""
    spread: int = 0
    """Other projects that have it from here, directly or not."""
    signature: str = ""


class Passage(Struct, frozen=True, kw_only=True):
    """Flawed code that went from one project to another: the surest of the places, and how many there are."""

    source: str
    target: str
    places: int
    unsafe: int
    """Of the copies, how many are still unsafe."""
    similarity: float
    """0 to 1."""
    shared: int
    of: int
    """Statements of the copy."""
    confidence: Confidence
    date: str
    """Day on which the first of the copies was seen; "" if none is known."""
    what: str
    """Qualified name of the surest copy."""
    clues: tuple[Clue, ...]


class Member(Struct, frozen=True, kw_only=True):
    """A project that flawed code went to or came from."""

    name: str
    state: PackageState
    unsafe: int
    looked_at: bool
    first_seen: str
    """Day; "" if it is not known."""


class Family(Struct, frozen=True, kw_only=True):
    """Flawed functions that are alike, and what else is like them."""

    id: int
    """The same for the same survey."""
    what: str
    """Qualified name of the oldest."""
    origin: str
    """Project of the oldest."""
    projects: int
    places: int
    unsafe: int
    edges: int


class Joined(Struct, frozen=True, kw_only=True):
    """The functions of a survey in numbers."""

    functions: int
    """In all releases."""
    bodies: int
    """That differ in their shingles."""
    compared: int
    """Pairs of bodies that share rare shingles."""
    alike: int
    """Of these, pairs that are kin."""
    families: int
    """Of at least two bodies."""


class Ecosystem(Struct, frozen=True, kw_only=True):
    """All of it."""

    targets: int
    failed: int
    joined: Joined
    packages: tuple[PackageHistory, ...]
    """Worst first."""
    standing: tuple[Standing, ...]
    """By reach, the widest first."""
    members: tuple[Member, ...]
    passages: tuple[Passage, ...]
    """Surest first."""
    doubtful: int
    """Edges with low confidence and less than half of the copy's statements in common: in the table, in no picture."""
    families: tuple[Family, ...]
    """Those with flawed code, the largest first."""

"""Where known-flawed code went: copies of it, their state, and who took it from whom."""

from typing import Literal

from msgspec import Struct

from gnomon.core.finding import Skipped
from gnomon.core.severity import Confidence

State = Literal[
    "unfixed",  # the load is there as it was
    "mitigated",  # fewer hosts can reach it; the load is there
    "gated",  # the load is behind a flag
    "moved",  # the load is one function deeper
    "fixed",  # the load is gone or harmless
    "removed",  # the code is gone
    "fixed-at-copy",  # it never had the flaw, though its origin had
    "reintroduced",  # it was fixed, and is not any more
    "unknown",
]
UNSAFE: tuple[State, ...] = ("reintroduced", "unfixed", "moved", "gated", "mitigated")
"""States in which the load is still there, the worst first."""


class Attribution(Struct, frozen=True, kw_only=True):
    """A comment that says where code was taken from."""

    line: int
    """1-based."""
    text: str
    """As written, on one line, at most 200 characters; untrusted."""
    project: str
    """`owner/name` of the repository, or a package's name; lower case."""
    path: str = ""
    revision: str = ""
    """Tag, branch or commit."""


class Copy(Struct, frozen=True, kw_only=True):
    """Code of a target that is, or was, the same as a signature's."""

    signature: str
    title: str
    origin: str
    """`vllm 0.6.4`."""
    advisories: tuple[str, ...]
    path: str
    qualname: str
    """Of the function that corresponds to the signature's deserializing one; the class if several do."""
    line: int
    end_line: int
    shared: int
    """Statements that are the same."""
    of: int
    """Statements of the signature's functions that were compared."""
    similarity: float
    """0 to 1: how much of the one is in the other, by shingles."""
    state: State
    reason: str
    """Why this state, in words; no full stop."""
    attribution: Attribution | None = None
    is_origin: bool = False
    """True if the target is the project that the signature was taken from."""


class Moment(Struct, frozen=True, kw_only=True):
    """Code as it was in one release or commit."""

    label: str
    """A version or a short commit id."""
    date: str
    """ISO 8601 day; "" if it is not known."""
    state: State
    reason: str
    path: str
    line: int


class Node(Struct, frozen=True, kw_only=True):
    """One function or class of one project through its releases or commits."""

    id: str
    """Unique within the lineage."""
    project: str
    qualname: str
    path: str
    """In the newest moment."""
    moments: tuple[Moment, ...]
    """Oldest first; none for an ancestor that was not looked at."""
    first_seen: str
    """ISO 8601 day; "" if it is not known."""
    first_seen_basis: str
    """What says so: `git history`, `upload of 0.6.4`, `attribution`, or ""."""

    @property
    def state(self) -> State:
        """Where it stands today."""
        return self.moments[-1].state if self.moments else "unknown"


EvidenceKind = Literal["attribution", "dates", "similarity", "rare-code"]


class Clue(Struct, frozen=True, kw_only=True):
    """One reason to believe in an edge."""

    kind: EvidenceKind
    note: str
    """One phrase, no full stop; may hold untrusted text."""


class Edge(Struct, frozen=True, kw_only=True):
    """Code that was taken from one project into another."""

    source: str
    """Id of the node it was taken from."""
    target: str
    similarity: float
    """0 to 1."""
    shared: int
    of: int
    """Statements of the copy."""
    confidence: Confidence
    clues: tuple[Clue, ...]


class Lineage(Struct, frozen=True, kw_only=True):
    """Who took what from whom."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


class Traced(Struct, frozen=True, kw_only=True):
    """The answer of `gnomon trace` about one target."""

    target: str
    digest: str
    copies: tuple[Copy, ...]
    """Unsafe ones first."""
    files: int
    functions: int
    """Functions compared."""
    skipped: tuple[Skipped, ...] = ()
    excluded: tuple[str, ...] = ()

"""A signature: what is remembered of code with a known flaw and of its repair. Facts and hashes, no code.

The file format, one TOML file a signature, is told in docs/signatures.md; `knowledge/signatures.py` reads it.
"""

from typing import Literal

from msgspec import Struct

FORMAT = 1
"""Version of the format and of how statements are normalised and hashed: other hashes, another number."""

HASH_BITS = 40
"""Of 10^8 shingles of a large index about one in 10^4 meets a foreign one: far below what a threshold notices."""

Role = Literal[
    "sink",  # it deserializes
    "endpoint",  # it opens or binds the socket
    "context",  # it hands the bytes on
]
RepairKind = Literal[
    "fixed",  # the bytes are no longer deserialized by something that runs code
    "mitigated",  # fewer hosts can reach the socket; the load is still there
    "gated",  # the load happens only if a flag allows it
    "moved",  # the load is now one function deeper
    "removed",  # the functions are gone
]


class Definition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A function, or a class with its methods, of the flawed or of the repaired code."""

    path: str
    """As in the release, `/`-separated."""
    qualname: str
    lines: tuple[int, int]
    """First and last, 1-based, inclusive."""
    role: Role
    statements: tuple[int, ...]
    """40-bit hash of each normalised statement, in order."""
    shingles: tuple[int, ...]
    """40-bit hashes of runs of normalised tokens, ascending."""
    below: int = 0
    """Of a long definition only the shingles below this hash are kept; 0: all are."""
    loads: tuple[str, ...] = ()
    """Deserializers it calls, such as `pickle.loads`, `.recv_pyobj`."""
    addresses: tuple[str, ...] = ()
    """Parts of addresses that are written in it, such as `tcp://*:`."""
    names: tuple[str, ...] = ()
    """Last names of what it calls."""


class Repair(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the makers of the flawed code did about it later."""

    kind: RepairKind
    release: str
    """Version, or a commit's id."""
    date: str = ""
    """ISO 8601 day of that release or commit; "" if it is not known."""
    note: str
    """One sentence: what is different."""
    definitions: tuple[Definition, ...] = ()
    """The same ones after it, as far as they are still there."""


class Origin(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the flawed code was read."""

    project: str
    """Name on the package index, or of the repository."""
    release: str
    """Version, a commit's id, or in words which releases had it."""
    repository: str = ""
    """`owner/name` at a public forge, as attribution comments write it."""
    date: str = ""
    """ISO 8601 day of that release or commit; "" if it is not known."""
    digest: str = ""
    """`sha256:…` of the archive, or `git:…`, the id of the commit, or of the one file that was read."""
    licence: str = ""
    """SPDX expression."""

    @property
    def name(self) -> str:
        """The project and its release, or the project alone."""
        return self.at(self.release)

    def at(self, release: str) -> str:
        """The project at another release, such as that of a repair."""
        return f"{self.project} {release}".rstrip()


class Signature(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Flawed code, by facts and hashes."""

    format: int
    id: str
    title: str
    """One line: what the code is, and what is wrong with it."""
    explanation: str
    """What the flaw is, statement by statement, in our own words."""
    rule: str = ""
    """Id of the rule that reports the flaw; "" for one that scan does not know."""
    advisories: tuple[str, ...] = ()
    origin: Origin
    definitions: tuple[Definition, ...]
    """The flawed code: those that deserialize first."""
    repairs: tuple[Repair, ...] = ()
    """Oldest first."""

"""An advisory: which releases have a flaw, where in their files it is, and what is wrong with the public record of it.

The file format, one TOML file an advisory, is told in docs/advisories.md; `knowledge/advisories.py` reads it.
"""

from typing import Literal

from msgspec import Struct

from gnomon.core.endpoint import Reach

FlawKind = Literal[
    "network-pickle",  # bytes from a peer reach a deserializer that runs code
    "network-exposure",  # a socket is open to more than it should be
    "data-pickle",  # a codec or a field that looks harmless unpickles
    "file-pickle",  # a file reaches a deserializer that runs code
    "other",  # whatever an imported record is about
]


class Range(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Releases from `introduced` on, up to one of the three ends. Versions as PEP 440 has them."""

    introduced: str = "0"
    """The first that has the flaw; `0`: from the beginning."""
    fixed: str = ""
    """The first without it."""
    last: str = ""
    """The last that has it, where no repaired one is known."""
    unfixed: bool = False
    """True if every later release has it too, as far as they were looked at."""


class AffectedPackage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A package, and its releases that have the flaw."""

    purl: str
    """Without a version: `pkg:pypi/vllm`."""
    ranges: tuple[Range, ...] = ()
    """None of them: no release has it, or nobody knows."""
    versions: tuple[str, ...] = ()
    """Single releases, beside the ranges; only imported records have them."""
    code_in: str = ""
    """The package that holds the code, where this one only installs it: `pkg:pypi/max`."""


class Condition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What must be so in another function for the flaw to be open."""

    path: str
    qualname: str
    holds: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


class FlawedCode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One place of the flaw, told by what is used there; any one of an advisory's places is enough."""

    path: str
    """As it is installed, `/`-separated: `vllm/distributed/utils.py`."""
    qualname: str
    """The function or class; `<module>` for what is outside of both."""
    uses: tuple[str, ...]
    """Dotted names, of which one is called or handed on there: `pickle.loads`, `recv_pyobj`."""
    holds: tuple[str, ...] = ()
    """Texts, of which one is part of a string there: `tcp://*`. Without it the place is mitigated."""
    lacks: tuple[str, ...] = ()
    """Names and texts of the repair: with one of them there, the place is repaired."""
    when: tuple[Condition, ...] = ()
    """All of them must be so; else the place is mitigated."""
    mitigated: str = ""
    """What is different where the load is there and a condition is not met; no full stop."""


class CheckedRelease(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A published file that was looked at."""

    version: str
    purl: str = ""
    """Of another package than the first that is affected."""
    file: str
    sha256: str
    code: Literal["present", "mitigated", "absent"]
    at: tuple[str, ...] = ()
    """`path:line` of each load that was found."""


class PublicRecord(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the published record says, where that can be read by a program, and what is wrong with it."""

    source: str = ""
    """Which record was read."""
    says: str = ""
    """The affected releases in words, where it names none that a program can compare."""
    ranges: tuple[Range, ...] = ()
    """The affected releases, if a program can compare them."""
    wrong: str = ""
    """What is wrong with it, in a sentence; "" if nothing is known to be."""


class Advisory(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A known flaw."""

    id: str
    aliases: tuple[str, ...] = ()
    """Other ids of the same flaw."""
    title: str
    """One line."""
    summary: str
    """What goes wrong, in our own words."""
    kind: FlawKind
    transport: str = ""
    """`zmq`, `http`, `grpc` …"""
    reach: Reach = "unknown"
    """Who can send the bytes, by the code that was read."""
    stated: str = ""
    """The severity that an imported record states: `CRITICAL`, `HIGH`, `MODERATE`, `LOW`."""
    precondition: str = ""
    """What must be in use for the flaw to matter; "" if nothing particular."""
    disputed: str = ""
    """What the makers answer, if they dispute it."""
    affected: tuple[AffectedPackage, ...]
    code: tuple[FlawedCode, ...] = ()
    signatures: tuple[str, ...] = ()
    """Ids of signatures of the flawed code, by which it is found where it was moved to."""
    verified: bool
    """True if the ranges were held against the files of releases."""
    unverified: str = ""
    """Why not."""
    checked: tuple[CheckedRelease, ...] = ()
    record: PublicRecord = PublicRecord()
    references: tuple[str, ...] = ()
    """https links."""
    modified: str = ""
    """ISO 8601 day."""
    withdrawn: str = ""
    """ISO 8601 day, for imported records."""
    data: str = ""
    """Where it comes from, if it is not one of gnomon's own: `OSV dump`."""

    @property
    def ids(self) -> frozenset[str]:
        """All ids."""
        return frozenset((self.id, *self.aliases))


class Advisories(Struct, frozen=True, kw_only=True):
    """A set of advisories, and how old it is."""

    name: str
    """`gnomon's own`, `OSV dump all.zip`."""
    advisories: tuple[Advisory, ...]
    version: str = ""
    """Digest."""
    date: str = ""
    """ISO 8601 day of the newest record, or of the answer."""

"""What a verb answers: findings, what was suppressed and what was skipped, in one report."""

from typing import Literal

from msgspec import Struct

from gnomon.core.endpoint import Endpoint
from gnomon.core.incomplete import Incomplete
from gnomon.core.rule import SourceKind
from gnomon.core.severity import Confidence, Severity
from gnomon.core.site import CodeSite, FoundAt, Step


class Source(Struct, frozen=True, kw_only=True):
    """Where the bytes come into the process."""

    kind: SourceKind
    site: CodeSite | None = None
    api: str = ""
    """The modelled API that hands over the bytes, such as `zmq.Socket.recv`."""


class CopiedFrom(Struct, frozen=True, kw_only=True):
    """The known-flawed original that the flagged code was copied from."""

    signature: str
    origin: str
    note: str


class Recognised(Struct, frozen=True, kw_only=True):
    """What is known of flagged code."""

    advisories: tuple[str, ...] = ()
    copied_from: CopiedFrom | None = None
    """None for the original itself."""


class Fix(Struct, frozen=True, kw_only=True):
    """A change that removes the finding; `safe` ones keep behaviour."""

    note: str
    safe: bool


class Finding(Struct, frozen=True, kw_only=True):
    """One unsafe load, or one open socket, with everything a renderer needs to show it."""

    rule: str
    severity: Severity
    confidence: Confidence
    message: str
    """One sentence in present tense naming the call and the address; untrusted text."""
    site: FoundAt
    qualname: str
    """Enclosing class and function, dotted; `<module>` at top level; of a socket its type, or ""."""
    sink: str
    """Canonical dotted API, such as `pickle.loads`; "" for a socket, that a load may or may not stand behind."""
    source: Source
    flow: tuple[Step, ...] = ()
    """From source to sink; empty when the origin is unknown."""
    endpoint: Endpoint | None = None
    incomplete: Incomplete | None = None
    """What a fix lacks that is there already; the remedy then begins with how to complete it."""
    remedy: str = ""
    advisories: tuple[str, ...] = ()
    copied_from: CopiedFrom | None = None
    fixes: tuple[Fix, ...] = ()
    other_sources: int = 0
    """How many further, milder ways lead to the same call."""
    other_addresses: int = 0
    """How many addresses beside the endpoint's own the bytes can have come through."""
    fingerprint: str = ""
    """Identity of the finding, stable when code moves: 32 hexadecimal digits."""


class Skipped(Struct, frozen=True, kw_only=True):
    """Something that could not be looked at, and why: incomplete is never clean."""

    path: str
    reason: str


class Suppressed(Struct, frozen=True, kw_only=True):
    """A finding the user chose not to see."""

    finding: Finding
    reason: str
    by: Literal["option", "marker", "configuration"] = "option"
    """What says so: an option of this run, a comment in the code, or an entry in a configuration file."""


class Remark(Struct, frozen=True, kw_only=True):
    """What the person who runs gnomon should know beside findings and skips: nothing is missing for it."""

    note: str
    """One sentence without a full stop, saying what to do if anything is to be done."""
    path: str = ""
    """A file of the target or the configuration's, "" if it is about no file."""
    line: int = 0
    """1-based; 0 for the file as a whole."""


class Report(Struct, frozen=True, kw_only=True):
    """The answer of one run over one target."""

    target: str
    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    excluded: tuple[str, ...] = ()
    """Folders left out by rule, such as `.git`, and files that the configuration excludes."""
    remarks: tuple[Remark, ...] = ()
    files: int = 0
    """Files looked at."""
    lines: int = 0
    digest: str = ""
    """`sha256:…` of the archive or `git:…`, the commit's id, if the target is one."""
    tool_version: str = ""
    knowledge_version: str = ""
    gone: int = 0
    """Findings of the baseline that none of the run's targets has any more; told by the last report."""
    base: str = ""
    """Id of the commit whose findings are known (`--since`)."""
    removed: int = 0
    """Findings that the base has and the target has no more; 0 if nothing was found: the base is not read then."""
    hidden: int = 0
    """Findings below the chosen thresholds or of rules that are off by default."""

"""What a rule is: a named join of source kinds and sink kinds, with its words for people."""

from typing import Literal

from msgspec import Struct

SourceKind = Literal[
    "zmq",
    "socket",
    "http",
    "websocket",
    "grpc",
    "redis",
    "kafka",
    "torch-distributed",
    "mp-connection",
    "shared-memory",
    "rpc",
    "file",
    "unknown",
]


class RealCase(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A published occurrence of what a rule reports."""

    title: str
    link: str
    advisory: str = ""


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule as read from `knowledge/data/rules/<id>.toml`; the id names what is wrong."""

    id: str
    title: str
    """One sentence, no full stop."""
    about: Literal["code", "socket"] = "code"
    """What is looked at: code, by scan, or a listening socket, by probe. The latter joins no sinks."""
    default: bool
    """False: reported only with `--all` or `--rule`."""
    sources: tuple[SourceKind, ...]
    """Source kinds this rule joins with `sinks`; "unknown" takes sinks whose origin was not found."""
    sinks: tuple[str, ...]
    """Sink kinds, as attached to APIs by the models: "code-execution"."""
    severity: Literal["computed", "low", "note"] = "computed"
    """"computed" follows the endpoint (see `gnomon.core.severity`)."""
    remedy: str
    """What to do, one or two sentences."""
    what: str
    cause: str = ""
    """Why it happens: how good programmers come to write it."""
    why: str
    """Why it is dangerous."""
    fix: str
    detection: str
    blind_spots: str
    incomplete_fixes: bool = False
    """True if its findings say what a fix lacks that is there already: its page then lists the kinds."""
    cases: tuple[RealCase, ...] = ()
    cwe: tuple[str, ...] = ("CWE-502",)

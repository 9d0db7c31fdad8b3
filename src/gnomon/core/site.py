"""Where something is: in code, on a socket, in a package or at a commit."""

from typing import Literal

from msgspec import Struct

StepRole = Literal[
    "source",  # bytes arrive from outside the process
    "propagation",  # the value is copied, decoded, sliced or stored
    "return",  # the value comes back from a call
    "argument",  # the value is handed to a parameter
    "field",  # the value is kept in an attribute, container or queue
    "hook",  # a library calls back with the value
    "sink",  # the value is deserialized
]


class Span(Struct, frozen=True, kw_only=True):
    """A range of source text; lines and columns count from 1, the end is inclusive."""

    line: int
    column: int = 1
    end_line: int
    end_column: int = 1


class CodeSite(Struct, frozen=True, kw_only=True, tag="code"):
    """A place in a source file."""

    path: str
    """Relative to the target's root, `/`-separated; inside archives the path in the archive."""
    span: Span
    code: str = ""
    """The first line of the span as written, stripped, at most 200 characters; untrusted text."""

    @property
    def line(self) -> int:
        """1-based first line."""
        return self.span.line


class SocketSite(Struct, frozen=True, kw_only=True, tag="socket"):
    """A listening or connected socket on a host."""

    address: str
    """As ZeroMQ writes it: `tcp://10.0.0.5:5557`. Untrusted text."""
    process: str = ""
    """Whose it is, for people; "" if nobody knows. Untrusted text."""

    @property
    def path(self) -> str:
        """What stands where the path of code would."""
        return self.address

    @property
    def line(self) -> int:
        """0: a socket has no lines."""
        return 0

    @property
    def span(self) -> Span:
        """As for `line`."""
        return Span(line=0, column=0, end_line=0, end_column=0)

    @property
    def code(self) -> str:
        """None."""
        return ""


class PackageSite(Struct, frozen=True, kw_only=True, tag="package"):
    """A package release, by package URL."""

    purl: str
    path: str = ""


class CommitSite(Struct, frozen=True, kw_only=True, tag="commit"):
    """A place in a repository's history."""

    repository: str
    commit: str
    path: str = ""


Site = CodeSite | SocketSite | PackageSite | CommitSite
FoundAt = CodeSite | SocketSite
"""Where a finding can be."""


class Step(Struct, frozen=True, kw_only=True):
    """One stop on the way from source to sink."""

    site: CodeSite
    role: StepRole
    note: str
    """One line in present tense saying what happens here."""

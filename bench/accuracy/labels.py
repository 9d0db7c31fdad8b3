"""The labels: deserializing calls in published releases, read by hand, as frozen values.

labels/cases.jsonl      one labelled call site per line, in a release of packages.csv
labels/cases-git.jsonl  the same for code that is only in git
labels/packages.csv     each release's archive with its sha256
"""

import csv
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

FOLDER = Path(__file__).parent / "labels"

Kind = Literal[
    "zmq-recv",
    "zmq-recv_pyobj",
    "raw-socket",
    "http-body",
    "grpc",
    "torch-distributed",
    "shared-memory",
    "mp-connection",
    "redis",
    "file",
    "other",
]
Bind = Literal["wildcard", "host-configurable", "loopback", "ipc-path", "connects-only", "unknown"]
Verdict = Literal[
    "vulnerable-network", "vulnerable-if-configured", "local-only", "authenticated", "not-network", "safe"
]
Basis = Literal["read", "read-in-sibling-version", "sink-line-and-neighbours"]

READ: tuple[Basis, ...] = ("read", "read-in-sibling-version")
FLAWED: tuple[Verdict, ...] = ("vulnerable-network", "vulnerable-if-configured", "local-only", "authenticated")
HARMLESS: tuple[Verdict, ...] = ("not-network", "safe", "authenticated")
OFF_HOST: tuple[Verdict, ...] = ("vulnerable-network", "vulnerable-if-configured")


class ArchiveFile(Struct, frozen=True, kw_only=True):
    """The published file that was read."""

    file: str
    sha256: str
    size: int


class GitTree(Struct, frozen=True, kw_only=True):
    """The commit that was read."""

    repo: str
    commit: str
    git_blob: str | None = None


class Label(Struct, frozen=True, kw_only=True):
    """What reading says about one call."""

    id: str
    split: str
    package: str
    version: str
    path: str
    qualname: str
    line: int | None
    """1-based; None only where git has the function but its line was not kept."""
    sink: str
    source: Kind
    transport: Literal["tcp", "ipc", "inproc", "depends", "n/a"]
    bind: Bind
    socket_role: Literal["binds", "connects"] | None = None
    auth: Literal["none", "token", "curve", "hmac"]
    auth_effective: str | None = None
    """`yes`, `opt-in`, or why not; None if there is no authentication."""
    interprocedural: int
    """Function borders between the receive and the load."""
    cross_file: bool
    receive_at: str | None = None
    socket_setup: str | None = None
    verdict: Verdict
    shapes: tuple[str, ...]
    advisory: str | None = None
    note: str
    evidence_at: tuple[str, ...] = ()


class Case(Label, frozen=True, kw_only=True):
    """A labelled call in a published archive."""

    archive: ArchiveFile
    basis: Basis

    @property
    def release(self) -> tuple[str, str]:
        """Package and version."""
        return self.package, self.version

    @property
    def counts_for_recall(self) -> bool:
        """True if the call was read and is one a scanner should report in some way."""
        return self.basis in READ and self.verdict in FLAWED


class GitCase(Label, frozen=True, kw_only=True):
    """A labelled call at a commit; `read` unless said otherwise."""

    archive: GitTree


class Release(Struct, frozen=True, kw_only=True):
    """One published archive and its size."""

    package: str
    version: str
    released: str
    split: str
    archive: str
    sha256: str
    archive_bytes: int
    py_files: int
    py_lines: int
    sink_calls_found: int
    labelled: int

    @property
    def name(self) -> str:
        """`package version`, for people."""
        return f"{self.package} {self.version}"


def cases(folder: Path = FOLDER) -> tuple[Case, ...]:
    """Every labelled call of a published release, in the file's order."""
    return tuple(msgspec.json.decode(line, type=Case) for line in _lines(folder / "cases.jsonl"))


def git_cases(folder: Path = FOLDER) -> tuple[GitCase, ...]:
    """Every labelled call that is only in git."""
    return tuple(msgspec.json.decode(line, type=GitCase) for line in _lines(folder / "cases-git.jsonl"))


def releases(folder: Path = FOLDER) -> tuple[Release, ...]:
    """Every archive of packages.csv, in its order."""
    with (folder / "packages.csv").open(encoding="utf-8", newline="") as table:
        return tuple(msgspec.convert(row, Release, strict=False) for row in csv.DictReader(table))


def site(reference: str) -> tuple[str, int]:
    """Path and line of a `path:line` reference."""
    path, _, line = reference.rpartition(":")
    return path, int(line)


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]

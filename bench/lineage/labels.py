"""The labels: who copied which flawed function from whom, read from git histories by hand, as frozen values.

labels/edges.jsonl  one copy a line: the flawed original at the commit it is most like, the copy at its first commit
labels/nodes.jsonl  one flawed or formerly flawed function a line: when it came in, where it is today, in which state

Both hold facts alone. `release` stands where a commit is in no clone that could be had: the published file nearest to
its date that has the function, read instead.
"""

from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from bench.accuracy.labels import Release, releases

FOLDER = Path(__file__).parent / "labels"

Confidence = Literal["strong", "probable", "weak", "shared-history"]
LabelledState = Literal[
    "unfixed",
    "unfixed_local",
    "mitigated",
    "gated",
    "moved_not_fixed",
    "fixed",
    "fixed_at_copy",
    "removed",
    "helper_no_sink",
    "unknown",
]
UNRELATED = (
    "bentoml",
    "colossalai",
    "deepspeed",
    "distributed",
    "easydel",
    "flwr",
    "fschat",
    "horovod",
    "jina",
    "joblib",
    "kserve",
    "llamafactory",
    "mlserver",
    "parsl",
    "pyzmq",
    "rpyc",
    "rq",
    "syft",
    "tianshou",
    "torchtitan",
)
"""Packages that deserialize or serve models, and that nobody says to have copied from, or to, the labelled ones."""
TRUE: tuple[Confidence, ...] = ("strong", "probable")
"""Copies that count; weak ones and forks, whose history is shared, are context."""


class PublishedFile(Struct, frozen=True, kw_only=True):
    """A release that is read in place of a commit."""

    project: str
    version: str
    file: str
    sha256: str
    uploaded: str
    days_apart: float
    """From the commit to the upload; negative: the upload is older."""
    path: str
    """Of the function's file, in the archive; "" where the function is gone."""
    lines: tuple[int, int] | None


class Original(Struct, frozen=True, kw_only=True):
    """The flawed function that was copied, at the commit whose text the copy is most like."""

    repo: str
    best_match_commit: str
    best_match_date: str
    path: str
    qualname: str
    lines: tuple[int, int]
    release: PublishedFile | None = None


class Copied(Struct, frozen=True, kw_only=True):
    """The copy, at the commit it came in with."""

    repo: str
    commit: str
    commit_date: str
    path: str
    qualname: str
    lines: tuple[int, int]
    release: PublishedFile | None = None


class Edge(Struct, frozen=True, kw_only=True):
    """One copy."""

    id: str
    family: str
    kind: Literal["copy", "fork"]
    confidence: Confidence
    src: Original
    dst: Copied

    @property
    def counts(self) -> bool:
        """True if it is taken for the truth."""
        return self.confidence in TRUE


class Node(Struct, frozen=True, kw_only=True):
    """A function through its repository's history."""

    id: str
    repo: str
    qualname: str
    paths: tuple[str, ...]
    """All that it had."""
    introduced_commit: str | None
    introduced_path: str | None
    introduced_release: PublishedFile | None = None
    head_commit: str
    head_date: str
    head_location: tuple[str, str, int, int] | None
    """Path, qualified name, first and last line."""
    head_release: PublishedFile | None = None
    state: LabelledState
    note: str | None


def edges(folder: Path = FOLDER) -> tuple[Edge, ...]:
    """Every labelled copy, in the file's order."""
    return tuple(msgspec.json.decode(line, type=Edge) for line in _lines(folder / "edges.jsonl"))


def nodes(folder: Path = FOLDER) -> tuple[Node, ...]:
    """Every labelled function, in the file's order."""
    return tuple(msgspec.json.decode(line, type=Node) for line in _lines(folder / "nodes.jsonl"))


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def unrelated() -> tuple[Release, ...]:
    """The newest labelled release of each project that has no part in these copies."""
    newest = {one.package: one for one in sorted(releases(), key=lambda one: one.released)}
    return tuple(newest[name] for name in UNRELATED)

"""A run's answers as values that are kept."""

from pathlib import Path

from msgspec import Struct

from bench import kept
from bench.machine import Machine

COMMITTED = Path(__file__).parents[1] / "results" / "lineage.json"


class Found(Struct, frozen=True, kw_only=True):
    """What became of one labelled copy."""

    edge: str
    family: str
    confidence: str
    source: str
    """The tree that the original was read from."""
    days_apart: float | None = None
    """From the labelled commit to that tree, if it is a release that stands for the commit."""
    target: str
    why_not: str = ""
    """Why it could not be asked; then nothing below is told."""
    shingles: int = 0
    """Of the original."""
    loads: bool = False
    """The original deserializes itself."""
    found: bool = False
    """The labelled function, or a part of it, is called a copy."""
    reported: str = ""
    """The state that the command's own answer gives it; "" if it has no entry for it."""
    similarity: float = 0.0
    """Of the labelled function or its most similar part."""
    shared: int = 0
    qualname: str = ""
    """That part."""
    parsed: bool = False
    """The looks at words that come before parsing and before normalising let it pass."""

    @property
    def counts(self) -> bool:
        """True if it is a copy for certain or probably, and could be asked."""
        return self.confidence in ("strong", "probable") and not self.why_not


class Pair(Struct, frozen=True, kw_only=True, order=True):
    """A function that is called a copy of an original of another name."""

    original: str
    """Qualified name."""
    target: str
    path: str
    qualname: str
    similarity: float
    shared: int
    smaller: int
    """Shingles of the smaller of the two."""
    loads: bool
    """Both deserialize."""


class Choice(Struct, frozen=True, kw_only=True):
    """One way to compare, and what it gives."""

    table: str
    way: str
    at: str
    """Threshold, or thresholds."""
    found: int
    """Of the labelled copies that count."""
    of: int
    other_name: int
    """Functions and classes called a copy of an original of another name, less those that were read and are copies."""
    unrelated: int
    """The same, in releases that nobody says to hold a copy."""


class Mutated(Struct, frozen=True, kw_only=True):
    """Functions that were changed in one way, searched for among all."""

    loads: bool
    """Functions that deserialize, or others."""
    kind: str
    intensity: int
    """Percent."""
    threshold: float
    found: int
    of: int
    others: int
    """Further functions of other names and texts that are called a copy of it as well."""


class Speed(Struct, frozen=True, kw_only=True):
    """How fast one step is, in one process."""

    step: str
    units: int
    """Functions and classes."""
    functions: int
    seconds: float


class Judgement(Struct, frozen=True, kw_only=True):
    """The state of one labelled function today."""

    node: str
    tree: str
    days_apart: float | None = None
    gone: bool
    """Nothing of it is there today, by the label."""
    labelled: str
    said: str
    """State; "" if it is not found, or could not be asked."""
    reason: str
    why_not: str = ""


class Rival(Struct, frozen=True, kw_only=True):
    """What another clone detector does on the same trees."""

    tool: str
    files: int
    lines: int
    seconds: float
    peak_mb: float
    clones: int
    found: tuple[str, ...]
    """Ids of labelled copies between the trees for which it shows a pair of places."""
    missed: tuple[str, ...]


class Lineage(Struct, frozen=True, kw_only=True):
    """One run."""

    machine: Machine
    tool: str
    edges: tuple[Found, ...]
    functions: int
    """Distinct ones in the copies' trees."""
    trees: int
    pairs: tuple[Pair, ...]
    unrelated: tuple[str, ...] = ()
    """Releases that nobody says to hold a copy."""
    unrelated_functions: int = 0
    unrelated_hits: tuple[Pair, ...] = ()
    """Everything in them that is called a copy."""
    choices: tuple[Choice, ...] = ()
    mutations: tuple[Mutated, ...] = ()
    speeds: tuple[Speed, ...] = ()
    states: tuple[Judgement, ...] = ()
    rivals: tuple[Rival, ...] = ()


def read(path: Path = COMMITTED) -> Lineage:
    """A run read back."""
    return kept.read(path, Lineage)


def write(run: Lineage, path: Path) -> None:
    """Keep a run, one value a line, so that a new run's difference can be read."""
    kept.write(run, path)

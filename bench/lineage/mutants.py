"""Real functions, changed as copiers change them, searched for among all of them by the product's own comparison.

The functions are of labelled releases, 350 that deserialize and 350 others of files that do: chosen by hash, so that
every run takes the same. Each is a signature; each of its mutants is compared with all signatures.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from hashlib import blake2b

from msgspec import Struct

from bench.lineage.mutations import KINDS, Function, mutated
from bench.lineage.reading import deep, parsed, sinks
from bench.lineage.results import Mutated
from bench.lineage.sources import Sources, Tree
from gnomon.core.signature import Origin, Signature
from gnomon.trace.copies import LEAST_SHARED
from gnomon.trace.learning import Chosen, Draft, learned
from gnomon.trace.pack import Pack
from gnomon.trace.units import Unit, units

OF_EACH = 350
INTENSITIES = (10, 20, 30, 40, 50, 60)
"""Percent of what a kind of change can change."""
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
SMALLEST, LARGEST = 16, 600
"""Shingles: what is smaller is represented by its class, what is larger is rare."""

_NEAR = (b"pickle", b"recv_pyobj", b"torch.load")
"""Only files with one of these words are read: their other functions are the nearest to be mistaken for."""

Counts = Counter[tuple[bool, str, int, float, str]]


class Subject(Struct, frozen=True):
    """A function that is changed."""

    tree: str
    path: str
    qualname: str
    code: str
    """It alone, at the left margin."""
    imports: str
    """Its module's, one a line."""
    loads: bool

    @property
    def name(self) -> str:
        """Its signature's id, and the seed of its changes."""
        return f"{self.tree}:{self.path}:{self.qualname}"


def mutations(wanted: Iterable[Tree], sources: Sources, jobs: int) -> Iterator[Mutated]:
    """What is found of each kind of change, at each intensity and threshold."""
    subjects = list(chosen(each for tree in wanted for each in _subjects(tree, sources)))
    counts: Counts = Counter()
    with ProcessPoolExecutor(jobs, initializer=deep) as pool:
        for done in [pool.submit(_counted, subjects, kind) for kind in KINDS]:
            counts += done.result()
    for loads in (True, False):
        of = sum(subject.loads is loads for subject in subjects)
        for kind in KINDS:
            for intensity in INTENSITIES:
                for threshold in THRESHOLDS:
                    key = loads, kind, intensity, threshold
                    yield Mutated(
                        loads=loads,
                        kind=kind,
                        intensity=intensity,
                        threshold=threshold,
                        found=counts[*key, "found"],
                        of=of,
                        others=counts[*key, "other"],
                    )


def chosen(every: Iterable[Subject]) -> Iterator[Subject]:
    """As many that deserialize as others, each text once, in the order of a hash."""
    known: set[str] = set()
    taken: Counter[bool] = Counter()
    for subject in sorted(every, key=lambda subject: blake2b(subject.name.encode()).digest()):
        if subject.code not in known and taken[subject.loads] < OF_EACH:
            known.add(subject.code)
            taken[subject.loads] += 1
            yield subject


def _subjects(wanted: Tree, sources: Sources) -> Iterator[Subject]:
    deep()
    for path, data in sources.files(wanted).items():
        if "test" in path or not any(word in data for word in _NEAR):
            continue
        tree = parsed(data)
        if tree is None:
            continue
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        lines = "\n".join(ast.unparse(node) for node in imports if getattr(node, "module", "") != "__future__")
        by_line = {node.lineno: node for node in ast.walk(tree) if isinstance(node, Function)}
        for unit in units(tree, path, sinks()):
            node = by_line.get(unit.line)
            if not unit.is_class and node is not None and SMALLEST <= len(unit.shingles) <= LARGEST:
                yield Subject(wanted.name, path, unit.qualname, ast.unparse(node), lines, bool(unit.loads))


def _counted(subjects: Iterable[Subject], kind: str) -> Counts:
    signatures = {subject.name: known for subject in subjects if (known := _signature(subject)) is not None}
    pack = Pack(signatures.values())
    counts: Counts = Counter()
    for subject in subjects:
        function = ast.parse(subject.code).body[0]
        if subject.name not in signatures or not isinstance(function, Function):
            continue
        before = _alike(pack, [function], subject)
        for intensity in INTENSITIES:
            changed = mutated(function, kind, intensity / 100, f"{subject.name} {kind} {intensity}")
            after = _alike(pack, changed, subject)
            for threshold in THRESHOLDS:
                key = subject.loads, kind, intensity, threshold
                counts[*key, "found"] += after.get(subject.name, 0.0) >= threshold
                # what is like the function as it was is a copy of it, or it of that
                new = [name for name, value in after.items() if value >= threshold > before.get(name, 0.0)]
                counts[*key, "other"] += sum(name != subject.name for name in new)
    return counts


def _signature(subject: Subject) -> Signature | None:
    unit = next(iter(_units(subject, ast.parse(subject.code).body)), None)
    if unit is None:
        return None
    draft = Draft(id=subject.name, title="", explanation="", origin=Origin(project=subject.tree, release=""))
    return learned(draft, [Chosen(subject.path, unit, "sink")])


def _alike(pack: Pack, functions: Sequence[Function], subject: Subject) -> dict[str, float]:
    """Signatures that a function, or one of its parts, shares enough with, and their similarity."""
    found: dict[str, float] = {}
    for unit in _units(subject, functions):
        for likeness in pack.like(unit, LEAST_SHARED):
            known = likeness.signature.id
            found[known] = max(found.get(known, 0.0), likeness.similarity)
    return found


def _units(subject: Subject, body: Sequence[ast.stmt]) -> list[Unit]:
    module = ast.parse(subject.imports)
    module.body += body
    return units(module, subject.path, sinks())

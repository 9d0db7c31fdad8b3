"""Do the bundled signatures say of real releases what is so, and nothing of innocent code?

usage: python bench/lineage/pack.py [--repositories FOLDER] [--cache FOLDER] [--json OUT] [--only ID…] [--no-innocent]

1. Each signature finds its origin in its own release, flawed. 2. In the releases that its specification lists, the
copy is in the state that is listed: one that only got another address is not fixed, and a fixed one is not flawed.
3. In releases that share nothing with these projects nothing is found.
"""

import argparse
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

import msgspec
from msgspec import Struct

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tools" / "signatures")]

from sources import MissingClone, files  # noqa: E402
from specification import Project, Release, Specification, Specified, specification  # noqa: E402

from bench import kept  # noqa: E402
from bench.archives import default_cache  # noqa: E402
from bench.machine import Machine, described, this_machine  # noqa: E402
from gnomon.core.lineage import UNSAFE, Copy  # noqa: E402
from gnomon.core.signature import Signature  # noqa: E402
from gnomon.knowledge import signatures  # noqa: E402
from gnomon.knowledge.load import load  # noqa: E402
from gnomon.python.text import searchable  # noqa: E402
from gnomon.python.words import Words  # noqa: E402
from gnomon.trace.copies import Place, copies  # noqa: E402
from gnomon.trace.pack import Pack  # noqa: E402
from gnomon.trace.reading import units_of  # noqa: E402
from gnomon.trace.sinks import sink_tokens  # noqa: E402
from gnomon.trace.worth import Worth  # noqa: E402

INNOCENT = Path(__file__).with_name("innocent.toml")
COMMITTED = Path(__file__).parents[1] / "results" / "pack.json"


class Checked(Struct, frozen=True, kw_only=True):
    """One signature in one release."""

    signature: str
    release: str
    expected: str
    """"" for nothing."""
    state: str
    """"" if nothing was found."""
    place: str = ""
    similarity: float = 0.0
    reason: str = ""
    own: bool = False
    """True for the release that the signature was learned from."""

    @property
    def right(self) -> bool:
        """True if it is as expected."""
        return self.expected == self.state


class Innocent(Struct, frozen=True, kw_only=True):
    """What was found where nothing should be."""

    file: str
    functions: int
    hits: tuple[Copy, ...]


class Result(Struct, frozen=True, kw_only=True):
    """Everything this bench measures."""

    machine: Machine
    gnomon: str
    knowledge: str
    signatures: int
    bytes: int
    largest_bytes: int
    checked: tuple[Checked, ...]
    skipped: tuple[str, ...]
    innocent: tuple[Innocent, ...]
    seconds: float


class Places:
    """Releases -> what of them can hold a copy."""

    def __init__(self, known: Sequence[Signature], cache: Path, repositories: Path | None) -> None:
        self._sinks = sink_tokens(load().models)
        self._worth = Worth(self._sinks, known)
        self._cache = cache
        self._repositories = repositories

    def of(self, name: str, project: Project, release: Release, *, every: bool = False) -> list[Place]:
        """What of the release can be a copy; with `every`, all of it. Raises MissingClone."""
        found = files(name, project, release, self._cache, self._repositories)
        texts = {file.path: searchable(file.data) for file in found}
        paths = list(texts) if every else self._worth.files(texts, Words(texts))
        worth = None if every else self._worth
        return [Place(path, units) for path in paths if (units := units_of(path, texts[path], self._sinks, worth)[0])]


def main(argv: Sequence[str] | None = None) -> int:
    """Print what is not as it should be; 0 if nothing is."""
    parser = argparse.ArgumentParser(description="Check the bundled signatures against real releases.")
    parser.add_argument("--repositories", type=Path)
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", nargs="*", default=())
    parser.add_argument("--no-innocent", action="store_true")
    given = parser.parse_args(argv)
    result = measured(given.cache, given.repositories, given.only, innocent=not given.no_innocent)
    print(report(result))
    if given.json is not None:
        given.json.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
    wrong = [each for each in result.checked if not each.right]
    return 1 if wrong or any(each.hits for each in result.innocent) else 0


def measured(cache: Path, repositories: Path | None, only: Sequence[str], *, innocent: bool) -> Result:
    """All three checks."""
    began = time.perf_counter()
    pack = signatures.load()
    known = pack.signatures()
    places = Places(known, cache, repositories)
    specified = specification()
    checked, skipped = _checked(specified, known, places, only)
    sizes = [len(signatures.written(each)) for each in known]
    return Result(
        machine=this_machine(),
        gnomon=version("gnomon"),
        knowledge=pack.version,
        signatures=len(sizes),
        bytes=sum(sizes),
        largest_bytes=max(sizes),
        checked=tuple(checked),
        skipped=tuple(skipped),
        innocent=tuple(_innocent(known, places)) if innocent else (),
        seconds=round(time.perf_counter() - began, 1),
    )


def _checked(
    specified: Specification, known: Sequence[Signature], places: Places, only: Sequence[str]
) -> tuple[list[Checked], list[str]]:
    wanted: dict[str, list[tuple[Specified, str, bool]]] = {}
    for each in specified.signatures:
        if not only or each.id in only:
            for label, state in ({each.release: "unfixed"} | dict(each.states)).items():
                wanted.setdefault(label, []).append((each, state, label == each.release))
    by_id = {each.id: each for each in known}
    checked: list[Checked] = []
    skipped: list[str] = []
    for label, questions in wanted.items():
        try:
            there = places.of(*specified.release(label))
        except MissingClone as error:
            skipped.append(f"{label}: {error}")
            continue
        for each, expected, own in questions:
            if each.id in by_id:
                checked.append(_check(by_id[each.id], each, label, expected, there, own=own))
    return checked, skipped


def _check(
    signature: Signature, asked: Specified, label: str, expected: str, there: Sequence[Place], *, own: bool
) -> Checked:
    found = copies(Pack([signature]), there, label.partition(" ")[0])
    home = {each.path for each in asked.definitions} | {path for repair in asked.repairs for path in repair.paths}
    # a release may hold other copies, in other states
    main = min(found, key=lambda copy: (copy.path not in home, -copy.similarity), default=None)
    return Checked(
        signature=signature.id,
        release=label,
        expected=expected,
        state=main.state if main else "",
        place=f"{main.path}:{main.line} {main.qualname}" if main else "",
        similarity=main.similarity if main else 0.0,
        reason=main.reason if main else "",
        own=own,
    )


def _innocent(known: Sequence[Signature], places: Places) -> Iterator[Innocent]:
    pack = Pack(known)
    corpus = tomllib.loads(INNOCENT.read_text(encoding="utf-8"))
    for entry in corpus["release"]:
        release = Release(version=entry["version"], date="", file=entry["file"], sha256=entry["sha256"])
        project = Project(repository="", licence="", release=(release,))
        there = places.of(entry["project"], project, release, every=True)
        functions = sum(not unit.is_class for place in there for unit in place.units)
        yield Innocent(file=entry["file"], functions=functions, hits=copies(pack, there, entry["project"]))


def read(path: Path = COMMITTED) -> Result:
    """The kept run."""
    return kept.read(path, Result)


def report(result: Result) -> str:
    """The figures, and all that is not as it should be."""
    lines = [described(result.machine), ""]
    own = [each for each in result.checked if each.own]
    later = [each for each in result.checked if not each.own]
    lines.append(
        f"{result.signatures} signatures, {result.bytes:,} bytes, the largest {result.largest_bytes:,}; "
        f"{sum(each.right for each in own)} of {len(own)} origins as expected, "
        f"{sum(each.right for each in later)} of {len(later)} other states"
    )
    lines += [f"skipped: {each}" for each in result.skipped]
    for each in result.checked:
        if not each.right:
            lines.append(
                f"{each.signature} in {each.release}: {each.state or 'nothing'}, expected {each.expected or 'nothing'}"
                f" ({each.place}, {each.similarity}: {each.reason})"
            )
    if result.innocent:
        functions = sum(each.functions for each in result.innocent)
        hits = sum(len(each.hits) for each in result.innocent)
        lines.append(f"innocent code: {len(result.innocent)} releases, {functions:,} functions, {hits} hits")
    for each in result.innocent:
        for hit in each.hits:
            mark = "!" if hit.state in UNSAFE else " "
            lines.append(f" {mark} {each.file} {hit.path}:{hit.line} {hit.qualname}: {hit.signature} {hit.similarity}"
                         f" {hit.state}: {hit.reason}")  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

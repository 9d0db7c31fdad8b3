"""Do fingerprints survive? Findings of a release, looked for in the next labelled release of the same package.

usage: python bench/accuracy/survival.py [--cache DIR] [--offline] [--json OUT]

A finding of the older release has a counterpart in the newer one if that has a finding of the same rule and sink in a
function of the same name. It survives if one of the counterparts has its fingerprint. Counterparts that lie in another
file, or at least 20 lines away, are counted apart: a fingerprint must not know about either.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import msgspec
from msgspec import Struct

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench import kept
from bench.accuracy import labels, scanner
from bench.archives import Archive, ArchiveError, archive_path, default_cache
from bench.machine import Machine, described, this_machine
from bench.markdown import share, table

FAR = 20
"""Lines a finding must have moved to be counted as moved."""
COMMITTED = Path(__file__).parents[1] / "results" / "survival.json"


class Pair(Struct, frozen=True, kw_only=True):
    """Two releases of a package that follow each other among the labelled ones."""

    older: str
    newer: str
    findings: int
    """Of the older release."""
    counterparts: int
    """Those that the newer one has too, by rule, sink and function."""
    survived: int
    moved: int
    """Counterparts in another file or FAR lines away."""
    moved_survived: int


class Survival(Struct, frozen=True, kw_only=True):
    """The answer."""

    machine: Machine
    tool: str
    pairs: tuple[Pair, ...]


def read(path: Path = COMMITTED) -> Survival:
    """The kept answer."""
    return kept.read(path, Survival)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Do fingerprints survive from one release to the next?")
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--offline", action="store_true", help="use the cache only")
    parser.add_argument("--json", type=Path, help="keep the answer here")
    given = parser.parse_args(argv)
    answer = Survival(
        machine=this_machine(), tool=scanner.version(), pairs=tuple(pairs(given.cache, offline=given.offline))
    )
    print(report(answer))
    if given.json is not None:
        given.json.write_bytes(msgspec.json.format(msgspec.json.encode(answer), indent=1) + b"\n")
    return 0


def pairs(cache: Path, *, offline: bool) -> Iterator[Pair]:
    """Every two labelled releases of a package that follow each other."""
    packages: dict[str, list[labels.Release]] = {}
    for release in sorted(labels.releases(), key=lambda release: release.released):
        if release.labelled:
            packages.setdefault(release.package, []).append(release)
    for releases in packages.values():
        for older, newer in pairwise(releases):
            try:
                yield compared(older, newer, cache, offline=offline)
            except (ArchiveError, scanner.ScanFailed) as error:
                print(f"{older.name}, {newer.name}: {error}", file=sys.stderr)


def compared(older: labels.Release, newer: labels.Release, cache: Path, *, offline: bool) -> Pair:
    """What of the older release's findings is known in the newer one."""
    before, after = (
        scanner.scan(archive_path(Archive(item.package, item.archive, item.sha256), cache, offline=offline), "--all")
        for item in (older, newer)
    )
    counterparts = survived = moved = moved_survived = 0
    for finding in before.findings:
        same = [other for other in after.findings if _identity(other) == _identity(finding)]
        if not same:
            continue
        kept = any(other.fingerprint == finding.fingerprint for other in same)
        far = all(_file(other) != _file(finding) or abs(other.line - finding.line) >= FAR for other in same)
        counterparts += 1
        survived += kept
        moved += far
        moved_survived += far and kept
    return Pair(
        older=older.name,
        newer=newer.name,
        findings=len(before.findings),
        counterparts=counterparts,
        survived=survived,
        moved=moved,
        moved_survived=moved_survived,
    )


def _identity(finding: scanner.Finding) -> tuple[str, str, str]:
    return finding.rule, finding.sink, finding.qualname


def _file(finding: scanner.Finding) -> str:
    """The path below the release's own folder."""
    return finding.path.partition("/")[2]


def report(answer: Survival) -> str:
    """The tables."""
    rows = [
        (
            f"{pair.older} → {pair.newer.rpartition(' ')[2]}",
            pair.findings,
            share(pair.survived, pair.counterparts),
            share(pair.moved_survived, pair.moved),
        )
        for pair in answer.pairs
        if pair.counterparts
    ]
    together = (
        "together",
        sum(pair.findings for pair in answer.pairs),
        share(sum(pair.survived for pair in answer.pairs), sum(pair.counterparts for pair in answer.pairs)),
        share(sum(pair.moved_survived for pair in answer.pairs), sum(pair.moved for pair in answer.pairs)),
    )
    heads = ("releases", "findings", "same fingerprint, of those still there", "of those that moved")
    return f"{answer.tool}; {described(answer.machine)}.\n\n{table(heads, [*rows, together])}"


if __name__ == "__main__":
    sys.exit(main())

"""How does it do on releases nobody had labelled? Their score, beside the one of the day they were read.

usage: python bench/accuracy/unseen.py [--cache DIR] [--offline] [--json OUT]

The labels of labels/unseen were written after the engine, and before its answers were looked at; unseen-first.json
holds what it said then. What it missed there was mended since, so the second figure is no longer an unseen one.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench import kept
from bench.accuracy import labels, scanner, tables
from bench.accuracy.score import Scored, scored
from bench.archives import Archive, ArchiveError, archive_path, default_cache
from bench.machine import Machine, described, this_machine
from bench.markdown import share, table

LABELS = labels.FOLDER / "unseen"
FIRST = Path(__file__).parents[1] / "results" / "unseen-first.json"
COMMITTED = Path(__file__).parents[1] / "results" / "unseen.json"
HEAD = (
    "",
    "sink found",
    "source linked",
    "reach and authentication right",
    "high or critical on harmless or authenticated",
    "off-host claims that are labelled so",
)


class Unseen(Struct, frozen=True, kw_only=True):
    """One run's answers."""

    machine: Machine
    tool: str
    cases: tuple[Scored, ...]


def read(path: Path) -> Unseen:
    """A run read back."""
    return kept.read(path, Unseen)


def main(argv: Sequence[str] | None = None) -> int:
    """Score and print; 0 if every release was scored."""
    parser = argparse.ArgumentParser(description="Score gnomon against releases it was not written with.")
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--offline", action="store_true", help="use the cache only")
    parser.add_argument("--json", type=Path, help="keep the answers here")
    given = parser.parse_args(argv)
    cases = tuple(_answers(given.cache, offline=given.offline))
    run = Unseen(machine=this_machine(), tool=scanner.version(), cases=cases)
    if given.json is not None:
        kept.write(run, given.json)
    print(table(HEAD, [_row("this run", run)]))
    print(tables.bullets(tables.misses(case for case in cases if case.counts_for_recall)))
    return 0 if len(cases) == len(labels.cases(LABELS)) else 1


def report(first: Unseen, now: Unseen) -> str:
    """Both scores, and what is still wrong."""
    releases = {(case.package, case.version) for case in now.cases}
    return "\n\n".join(
        (
            f"{now.tool}; {described(now.machine)}; {len(now.cases)} calls of {len(releases)} releases.",
            table(HEAD, [_row("when they were read", first), _row("now", now)]),
            "By source, now:\n\n" + tables.by(_recalled(now.cases), lambda case: [case.source]),
            "Not found, not linked or not right:\n\n" + tables.bullets(tables.misses(_recalled(now.cases))),
            "False alarms:\n\n" + tables.bullets(tables.false_alarms(now.cases)),
        )
    )


def _answers(cache: Path, *, offline: bool) -> Iterator[Scored]:
    by_release: defaultdict[tuple[str, str], list[labels.Case]] = defaultdict(list)
    for case in labels.cases(LABELS):
        by_release[case.release].append(case)
    for release in labels.releases(LABELS):
        known = by_release[release.package, release.version]
        try:
            path = archive_path(Archive(release.package, release.archive, release.sha256), cache, offline=offline)
            yield from scored(known, scanner.scan(path, "--all").findings)
        except (ArchiveError, scanner.ScanFailed) as error:
            print(f"{release.name}: {error}", file=sys.stderr)


def _recalled(cases: Iterable[Scored]) -> list[Scored]:
    return [case for case in cases if case.counts_for_recall]


def _row(name: str, run: Unseen) -> tuple[str, ...]:
    recall = _recalled(run.cases)
    harmless = [case for case in run.cases if case.verdict in labels.HARMLESS]
    claimed = [case for case in run.cases if case.claimed_off_host]
    counts = (sum(case.found for case in recall), sum(case.linked for case in recall))
    return (
        name,
        *(share(count, len(recall)) for count in (*counts, sum(case.endpoint_right for case in recall))),
        share(sum(case.false_alarm for case in harmless), len(harmless)),
        share(sum(case.off_host for case in claimed), len(claimed)),
    )


if __name__ == "__main__":
    sys.exit(main())

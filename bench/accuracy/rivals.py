"""Score the other scanners on the same labels: what they find, how much else they say.

usage: python bench/accuracy/rivals.py [--semgrep-rules DIR] [--cache DIR] [--json OUT] [--offline] [--packages a,b]
"""

import argparse
import hashlib
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench import kept
from bench.accuracy import labels
from bench.accuracy.columns import Column, Report, column, comparison
from bench.archives import Archive, archive_path, default_cache
from bench.machine import Machine, described, this_machine
from bench.rivals import tools
from bench.trees import python_tree

COMMITTED = Path(__file__).parents[1] / "results" / "rivals.json"


class Rivals(Struct, frozen=True, kw_only=True):
    """One run of all rivals."""

    machine: Machine
    versions: dict[str, str]
    published_rules: int
    """How many published semgrep rules were run; 0 if no copy was at hand."""
    releases: int
    columns: tuple[Column, ...]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 0 unless nothing could be measured."""
    given = _arguments(argv)
    only = tuple(filter(None, given.packages.split(",")))
    cases = tuple(case for case in labels.cases() if not only or case.package in only)
    archives = archives_of(cases, given.cache, offline=given.offline)
    run = measured(cases, archives, given.semgrep_rules, given.cache)
    print(report(run, cases))
    if given.json is not None:
        kept.write(run, given.json)
    return 0 if run.releases else 1


def read(path: Path = COMMITTED) -> Rivals:
    """A run read back."""
    return kept.read(path, Rivals)


def archives_of(cases: Sequence[labels.Case], cache: Path, *, offline: bool) -> dict[tuple[str, str], Path]:
    """The archive of each release that has one of the labels. Raises ArchiveError."""
    return {
        case.release: archive_path(
            Archive(case.package, case.archive.file, case.archive.sha256), cache, offline=offline
        )
        for case in {case.release: case for case in cases}.values()
    }


def measured(
    cases: Sequence[labels.Case], archives: Mapping[tuple[str, str], Path], published: Path | None, cache: Path
) -> Rivals:
    """Every rival on every labelled release."""
    programs = tools.installed(cache)
    known: defaultdict[tuple[str, str], list[labels.Case]] = defaultdict(list)
    for case in cases:
        known[case.release].append(case)
    columns = []
    for rival in tools.rivals(published):
        print(f"{rival.name} …", file=sys.stderr)
        answers = [(known[release], _reports(rival, programs, path, cache)) for release, path in archives.items()]
        columns.append(column(rival.name, answers))
    return Rivals(
        machine=this_machine(),
        versions=tools.versions(),
        published_rules=tools.rule_count(tools.deserialization(published)) if published else 0,
        releases=len(archives),
        columns=tuple(columns),
    )


def report(run: Rivals, cases: Sequence[labels.Case], first: tuple[Column, ...] = ()) -> str:
    """The table of one run, below the columns given first."""
    versions = ", ".join(f"{tool} {version}" for tool, version in run.versions.items())
    about = f"{described(run.machine)}; {versions}; {run.published_rules} published rules; {run.releases} releases."
    return about + "\n\n" + comparison(cases, (*first, *run.columns))


def _reports(rival: tools.Rival, programs: Path, archive: Path, cache: Path) -> tuple[Report, ...]:
    # a rival's answer depends on its version, its options, the rules' text and the archive's content alone
    key = hashlib.sha256(archive.name.encode())
    key.update(repr((rival.options, tools.versions()[rival.tool])).encode())
    for option in rival.options:
        if option.startswith("--config="):
            key.update(Path(option.removeprefix("--config=")).read_bytes())
    kept = cache / "reports" / f"{key.hexdigest()[:32]}.json"
    if not kept.exists():
        answer = tools.reports(rival, programs, python_tree(archive, cache))
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(msgspec.json.encode(answer))
    return msgspec.json.decode(kept.read_bytes(), type=tuple[Report, ...])


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Score the other scanners on gnomon's labels.")
    parser.add_argument("--packages", default="", help="only these, comma-separated")
    parser.add_argument("--semgrep-rules", type=Path, help="a copy of semgrep's and others' published rules")
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--json", type=Path, help="keep the answers here")
    parser.add_argument("--offline", action="store_true", help="use the cache only")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())

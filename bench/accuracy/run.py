"""Scan every labelled release with the real command and score the answers.

usage: python bench/accuracy/run.py [--packages a,b] [--max-mb N] [--cache DIR] [--json OUT] [--offline]
                                    [--git-trees DIR] [--jobs N]
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from msgspec import Struct

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.accuracy import labels, results, scanner, tables
from bench.accuracy.columns import Report, column
from bench.accuracy.score import Scored, matched, scored
from bench.archives import Archive, ArchiveError, archive_path, default_cache
from bench.machine import this_machine


class Answer(Struct, frozen=True, kw_only=True):
    """What one release or checkout gave."""

    cases: tuple[labels.Case, ...] = ()
    scored: tuple[Scored, ...] = ()
    run: results.ReleaseRun | results.NotScored | None = None
    reports: tuple[Report, ...] = ()
    """What a user sees without options."""


class Wanted(Struct, frozen=True, kw_only=True):
    """Which releases to score, and where their archives are."""

    packages: tuple[str, ...] = ()
    max_bytes: float = float("inf")
    cache: Path
    offline: bool = False
    git_trees: Path | None = None
    jobs: int = 1


def main(argv: Sequence[str] | None = None) -> int:
    """Print the report; 0 if at least one release was scored."""
    wanted, out = _arguments(argv)
    run = accuracy(wanted)
    print(tables.report(run))
    if out is not None:
        results.write(run, out)
    return 0 if run.cases else 1


def accuracy(wanted: Wanted) -> results.Accuracy:
    """Every wanted label with its answer."""
    with ThreadPoolExecutor(wanted.jobs) as pool:
        answers = list(pool.map(lambda release: release_answers(*release, wanted), labelled_releases(wanted)))
    answers += git_answers(wanted)
    cases = tuple(case for answer in answers for case in answer.scored)
    return results.Accuracy(
        machine=this_machine(),
        tool=scanner.version(),
        cases=cases,
        column=msgspec.structs.replace(
            column("gnomon", [(answer.cases, answer.reports) for answer in answers]),
            # like the rest of the column over the releases alone: the other tools are not run on git checkouts
            endpoint_right=sum(
                case.counts_for_recall and case.endpoint_right
                for answer in answers
                if answer.cases
                for case in answer.scored
            ),
        ),
        releases=tuple(answer.run for answer in answers if isinstance(answer.run, results.ReleaseRun)),
        not_scored=tuple(answer.run for answer in answers if isinstance(answer.run, results.NotScored)),
    )


def labelled_releases(wanted: Wanted) -> Iterator[tuple[labels.Release, tuple[labels.Case, ...]]]:
    """Each wanted release that has labels, with them."""
    cases: defaultdict[tuple[str, str], list[labels.Case]] = defaultdict(list)
    for case in labels.cases():
        cases[case.release].append(case)
    for release in labels.releases():
        known = cases.get((release.package, release.version))
        named = not wanted.packages or release.package in wanted.packages or release.name in wanted.packages
        if known and named and release.archive_bytes <= wanted.max_bytes:
            yield release, tuple(known)


def release_answers(release: labels.Release, cases: tuple[labels.Case, ...], wanted: Wanted) -> Answer:
    """The release's labels with their answers."""
    archive = Archive(release.package, release.archive, release.sha256)
    try:
        path = archive_path(archive, wanted.cache, offline=wanted.offline)
        everything, default = scanner.scan(path, "--all"), scanner.scan(path)
    except ArchiveError as error:
        return Answer(run=results.NotScored(name=release.name, labels=len(cases), reason=str(error)))
    except scanner.ScanFailed as error:
        return _failed(release.name, cases, error)
    serious = [finding for finding in default.findings if finding.serious]
    run = results.ReleaseRun(
        package=release.package,
        version=release.version,
        lines=release.py_lines,
        findings=len(default.findings),
        serious=len(serious),
        unlabelled_serious=len(serious) - len(matched(cases, serious)),
        skipped=len(default.skipped),
        seconds=default.seconds,
    )
    reports = tuple(
        Report(path=finding.path, line=finding.line, alarm=finding.severity != "note") for finding in default.findings
    )
    return Answer(cases=cases, scored=scored(cases, everything.findings), run=run, reports=reports)


def git_answers(wanted: Wanted) -> Iterator[Answer]:
    """The labels of code that is only in git, where a checkout `<owner>+<name>` of the labelled commit is at hand."""
    cases: defaultdict[tuple[str, str], list[labels.GitCase]] = defaultdict(list)
    for case in labels.git_cases():
        if not wanted.packages or case.package in wanted.packages:
            cases[case.archive.repo, case.archive.commit].append(case)
    for (repository, commit), known in cases.items():
        folder = wanted.git_trees / repository.replace("/", "+") if wanted.git_trees else None
        yield git_answer(f"{repository}@{commit[:12]}", tuple(known), folder)


def git_answer(name: str, cases: tuple[labels.GitCase, ...], folder: Path | None) -> Answer:
    """A checkout's labels with their answers."""
    if folder is None or not folder.is_dir():
        reason = "no checkout of this commit at hand (--git-trees)"
        return Answer(run=results.NotScored(name=name, labels=len(cases), reason=reason))
    try:
        return Answer(scored=scored(cases, scanner.scan(folder, "--all").findings))
    except scanner.ScanFailed as error:
        return _failed(name, cases, error)


def _failed(name: str, cases: Sequence[labels.Case | labels.GitCase], error: scanner.ScanFailed) -> Answer:
    # the tool's own failure leaves nothing out: every call it should have found is missed
    run = results.NotScored(name=name, labels=len(cases), reason=f"scan failed, all missed: {error}")
    return Answer(scored=scored(cases, ()), run=run)


def _arguments(argv: Sequence[str] | None) -> tuple[Wanted, Path | None]:
    parser = argparse.ArgumentParser(description="Score gnomon against the labels.")
    parser.add_argument("--packages", default="", help="only these, as NAME or 'NAME VERSION', comma-separated")
    parser.add_argument("--max-mb", type=float, default=float("inf"), help="leave larger archives out")
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--json", type=Path, help="keep the answers here")
    parser.add_argument("--offline", action="store_true", help="use the cache only")
    parser.add_argument("--git-trees", type=Path, help="folder of checkouts named <owner>+<name>")
    parser.add_argument("--jobs", type=int, default=1, help="scans at the same time")
    given = parser.parse_args(argv)
    wanted = Wanted(
        packages=tuple(name for name in given.packages.split(",") if name),
        max_bytes=given.max_mb * 1e6,
        cache=given.cache,
        offline=given.offline,
        git_trees=given.git_trees,
        jobs=given.jobs,
    )
    return wanted, given.json


if __name__ == "__main__":
    sys.exit(main())

"""Measure gnomon and the other scanners on the same folders in the same run, whole processes.

usage: python bench/speed/run.py [--repetitions N] [--semgrep-rules DIR] [--only vllm,ai,start,curve] [--without NAME]
                                 [--cache DIR] [--json OUT] [--offline]
"""

import argparse
import compileall
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import gnomon
from bench.accuracy import labels, scanner
from bench.archives import Archive, ArchiveError, archive_path, default_cache
from bench.machine import this_machine
from bench.rivals import tools
from bench.speed import measure, results, tables
from bench.trees import python_tree

VLLM = Archive("vllm", "vllm-0.6.6.tar.gz", "745bd11d3a1892100c08ec333c6e5bf20c9415a9e9dcbc5b70e9e8de066c77db")
AI_LINES = 70_000
"""The second folder joins the newest labelled release of each package that has at most this many lines."""
CURVE_LINES = 10_000
"""The curve starts at releases of this size."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    given = _arguments(argv)
    # as an installer leaves it: the others' bytecode is compiled too, and this run may not be allowed to write its own
    compileall.compile_dir(Path(gnomon.__file__).parent, quiet=1)
    only = set(given.only.split(","))
    run = results.Speed(
        machine=this_machine(),
        tool=scanner.version(),
        versions=tools.versions(),
        published_rules=tools.rule_count(tools.deserialization(given.semgrep_rules)) if given.semgrep_rules else 0,
        repetitions=given.repetitions,
        trees=tuple(tree_costs(name, folder, given) for name, folder in folders(given) if name in only),
        start=starts(given) if "start" in only else (),
        curve=tuple(curve(given)) if "curve" in only else (),
    )
    print(tables.report(run))
    if given.json is not None:
        results.write(run, given.json)
    return 0


def folders(given: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    """The folders all tools are measured on."""
    yield "vllm", python_tree(archive_path(VLLM, given.cache, offline=given.offline), given.cache)
    yield "ai", ai_folder(given)


def ai_folder(given: argparse.Namespace) -> Path:
    """A folder with one release of each labelled package of moderate size, made once."""
    newest: dict[str, labels.Release] = {}
    for release in sorted(labels.releases(), key=lambda release: release.released):
        if release.labelled and release.py_lines <= AI_LINES:
            newest[release.package] = release
    folder = given.cache / "trees" / f"ai-{len(newest)}"
    if not folder.exists():
        part = folder.with_name(folder.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        for release in newest.values():
            shutil.copytree(release_tree(release, given), part / release.package, copy_function=os.link)
        part.rename(folder)
    return folder


def release_tree(release: labels.Release, given: argparse.Namespace) -> Path:
    """The release's Python files as a folder. Raises ArchiveError."""
    archive = Archive(release.package, release.archive, release.sha256)
    return python_tree(archive_path(archive, given.cache, offline=given.offline), given.cache)


def tree_costs(name: str, folder: Path, given: argparse.Namespace) -> results.TreeCosts:
    """All tools on one folder."""
    files = [path.read_bytes() for path in folder.rglob("*.py")]
    return results.TreeCosts(
        name={"vllm": "vLLM 0.6.6", "ai": "newest labelled release of each package up to 70,000 lines"}[name],
        files=len(files),
        lines=sum(data.count(b"\n") for data in files),
        tools=measure.interleaved(commands(given), folder, given.repetitions, tools.ENVIRONMENT),
    )


def commands(given: argparse.Namespace) -> Mapping[str, Sequence[str]]:
    """Each tool's command line on the current folder."""
    programs = tools.installed(given.cache)
    without = set(given.without.split(","))
    chosen = {"gnomon": scanner.command(Path())}
    for rival in tools.rivals(given.semgrep_rules):
        if rival.name not in without and rival.tool not in without:
            chosen[rival.name] = rival.command(programs, ".")
    return chosen


def starts(given: argparse.Namespace) -> tuple[measure.Costs, ...]:
    """What starting costs, before any scanning."""
    chosen = {
        "gnomon --version": [*scanner.GNOMON, "--version"],
        "python -c pass": [sys.executable, "-c", "pass"],
    }
    return measure.interleaved(chosen, given.cache, max(given.repetitions, 10))


def curve(given: argparse.Namespace) -> Iterator[results.Point]:
    """Gnomon alone on every release large enough."""
    for release in labels.releases():
        if release.py_lines < CURVE_LINES:
            continue
        try:
            folder = release_tree(release, given)
        except ArchiveError as error:
            print(error, file=sys.stderr)
            continue
        (costs,) = measure.interleaved({release.name: scanner.command(Path())}, folder, given.repetitions)
        yield results.Point(
            release=release.name,
            files=release.py_files,
            lines=release.py_lines,
            sinks=release.sink_calls_found,
            wall_s=costs.median("wall_s"),
            peak_mb=costs.median("peak_mb"),
        )


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure gnomon and the other scanners.")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--semgrep-rules", type=Path, help="a copy of semgrep's and others' published rules")
    parser.add_argument("--only", default="vllm,ai,start,curve", help="which parts, comma-separated")
    parser.add_argument("--without", default="", help="rivals left out, comma-separated")
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--json", type=Path, help="keep the measurements here")
    parser.add_argument("--offline", action="store_true", help="use the cache only")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())

"""Survey the labelled packages' releases, kill the run once, and keep what it cost.

usage: python bench/survey/run.py [--targets FILE] [--workers N] [--output FOLDER] [--json OUT]

The survey begins with an empty cache, is killed with -9 when two fifths of the targets are finished, and is begun
again. Its folder stays, with what it found; the repository keeps costs, and flaws that are publicly known.
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.machine import this_machine
from bench.survey import results, tables
from bench.survey.results import Kill, Package, Run, Target
from bench.survey.watched import Watched, size_of

TARGETS = Path(__file__).with_name("targets.txt")
KILL_AT = 0.4
"""Of the targets."""
_LOOK_S = 0.2
_WORST_FIRST = ("affected", "still-flawed", "by-version", "mitigated", "unknown", "code-absent", "clear")
"""Statuses of an audit. Copies that no advisory of the package is about are nobody's public knowledge, and not told."""
_IN_FILES = ("affected", "still-flawed")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    given = _arguments(argv)
    cache = Path(tempfile.mkdtemp(prefix="survey-cache-"))
    try:
        run = _measured(given, cache)
    finally:
        shutil.rmtree(cache, ignore_errors=True)
    print(tables.report(run))
    if given.json:
        results.write(run, given.json)
    return 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure a survey.")
    parser.add_argument("--targets", type=Path, default=TARGETS)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--output", type=Path, required=True, help="a new folder")
    parser.add_argument("--json", type=Path, help="keep the figures here")
    given = parser.parse_args(argv)
    if given.output.exists():
        parser.error(f"{given.output} is there already: name a new folder")
    return given


def _measured(given: argparse.Namespace, cache: Path) -> Run:
    out: Path = given.output
    told = out.with_name(f"{out.name}.log")
    program = [str(Path(sys.executable).with_name("gnomon")), "survey", str(given.targets), "-o", str(out)]
    words = [*program, "--workers", str(given.workers), "--no-cache", "--no-progress"]
    environment = os.environ | {"GNOMON_CACHE_DIR": str(cache)}
    wanted = sum(bool(line.strip()) and not line.startswith("#") for line in given.targets.read_text().splitlines())

    began = time.monotonic()
    with Watched(words, environment, told, cache) as first:
        while len(_journal(out)) < KILL_AT * wanted and first.process.poll() is None:
            time.sleep(_LOOK_S)
        left = first.kill()
    before = _answers(out)
    with Watched(words, environment, told, cache) as second:
        code = second.process.wait()
    seconds = time.monotonic() - began

    journal, after = _journal(out), _answers(out)
    often = Counter(entry["target"] for entry in journal)
    kill = Kill(
        finished=len(before),
        left=left,
        changed=sum(after.get(name) != digest for name, digest in before.items()),
        twice=sum(count - 1 for count in often.values()),
    )
    documents = [json.loads(path.read_bytes()) for path in sorted((out / "targets").glob("*.json"))]
    packages = list(_packages(documents))
    last = max(datetime.fromisoformat(entry["when"]).timestamp() for entry in journal)
    return Run(
        machine=this_machine(),
        versions={name: version(name) for name in ("gnomon", "duckdb")},
        workers=given.workers,
        seconds=seconds,
        tables_s=max(time.time() - last, 0.0),
        peak_bytes=max(first.peak_bytes, second.peak_bytes),
        driver_peak_bytes=max(first.own_peak_bytes, second.own_peak_bytes),
        downloads_peak_bytes=max(first.folder_peak_bytes, second.folder_peak_bytes),
        output_bytes=size_of(out),
        exit_code=code,
        kill=kill,
        targets=tuple(_costs(documents, journal)),
        packages=tuple(package for package in packages if package.advisories),
        without=sum(not package.advisories for package in packages),
    )


def _journal(out: Path) -> list[dict[str, Any]]:
    """What is finished; the last line may be torn."""
    try:
        lines = (out / "journal.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    except OSError:
        return []
    return [json.loads(line) for line in lines if line.endswith("\n")]


def _answers(out: Path) -> dict[str, str]:
    """File name -> when it was written, and what is in it."""
    return {
        path.name: f"{path.stat().st_mtime_ns} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in (out / "targets").glob("*.json")
    }


def _costs(documents: Sequence[dict[str, Any]], journal: Sequence[dict[str, Any]]) -> Iterator[Target]:
    efforts = {entry["target"]: entry["effort"] for entry in journal}
    for document in documents:
        effort = efforts.get(document["target"], {})
        yield Target(
            target=document["target"],
            status=document["status"],
            lines=document["lines"],
            bytes=document["bytes"],
            **{name: effort.get(name, 0) for name in ("fetched_bytes", "cpu_seconds", "seconds", "peak_bytes")},
        )


def _packages(documents: Sequence[dict[str, Any]]) -> Iterator[Package]:
    """By name; a project without a verdict on it has no advisories."""
    by_project: dict[str, list[dict[str, Any]]] = {}
    for document in documents:
        if document["audit"] is not None:
            by_project.setdefault(document["project"], []).append(document)
    for name, members in sorted(by_project.items()):
        members.sort(key=lambda document: _version(document["label"]))
        verdicts = [_verdicts(document, name) for document in members]
        yield Package(
            name=name,
            releases=len(members),
            flawed=sum(any(each["status"] in _IN_FILES for each in told) for told in verdicts),
            newest=members[-1]["label"],
            state=_worst(verdicts[-1]),
            advisories=tuple(sorted({each["advisory"] for told in verdicts for each in told})),
        )


def _verdicts(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """On the package itself, by an advisory that is about it."""
    own = f"pkg:pypi/{name}@"
    return [
        each
        for each in document["audit"]["verdicts"]
        if each["package"].startswith(own) and each["status"] in _WORST_FIRST
    ]


def _worst(verdicts: Sequence[dict[str, Any]]) -> str:
    found = {each["status"] for each in verdicts}
    return next((status for status in _WORST_FIRST if status in found), "clear")


def _version(label: str) -> Version:
    try:
        return Version(label)
    except InvalidVersion:
        return Version("0")


if __name__ == "__main__":
    sys.exit(main())

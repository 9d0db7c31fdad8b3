"""Every finding a user sees in the ten largest labelled releases, for reading by hand, and what reading said of them.

usage: python bench/accuracy/noise.py [--unread] [--cache DIR] [--offline] [--json OUT]
The verdicts are kept in noise-read.jsonl: release, path, line, verdict (real-network-path | not), channel, note.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench import kept
from bench.accuracy import labels, scanner
from bench.archives import Archive, archive_path, default_cache
from bench.machine import Machine, described, this_machine
from bench.markdown import printable, share, table
from bench.trees import python_tree

READ = Path(__file__).with_name("noise-read.jsonl")
COMMITTED = Path(__file__).parents[1] / "results" / "noise.json"
LARGEST = 10


class Read(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What reading a reported call said."""

    release: str
    path: str
    line: int
    verdict: Literal["real-network-path", "not"]
    channel: Literal["network", "this-host", "none"]
    """Where the bytes come from: another host, at most another process here (ipc, shared memory), or neither."""
    note: str

    @property
    def key(self) -> tuple[str, str, int]:
        """What identifies it."""
        return self.release, self.path, self.line


class Noise(Struct, frozen=True, kw_only=True):
    """How the findings of one release were judged."""

    release: str
    findings: int
    real: int
    """Findings with a real path from a socket or shared memory to the load."""
    local: int
    """Those of them whose bytes can only come from this host."""
    wrong: int

    @property
    def unread(self) -> int:
        """Findings nobody has read yet."""
        return self.findings - self.real - self.wrong


class NoiseRun(Struct, frozen=True, kw_only=True):
    """One run over the largest releases."""

    machine: Machine
    tool: str
    releases: tuple[Noise, ...]


def main(argv: Sequence[str] | None = None) -> int:
    """Print the findings to read, then the count of what was read."""
    given = _arguments(argv)
    verdicts = {one.key: one for one in read_verdicts()}
    counted = []
    for release in largest():
        archive = archive_path(
            Archive(release.package, release.archive, release.sha256), given.cache, offline=given.offline
        )
        found = [finding for finding in scanner.scan(archive).findings if finding.severity != "note"]
        answers = [verdicts.get((release.name, finding.path, finding.line)) for finding in found]
        for finding, answer in zip(found, answers, strict=True):
            if answer is None or not given.unread:
                print(
                    "\n".join(
                        printable(line) for line in sheet(release, finding, answer, python_tree(archive, given.cache))
                    ),
                    end="\n\n",
                )
        counted.append(counts(release.name, answers))
    run = NoiseRun(machine=this_machine(), tool=scanner.version(), releases=tuple(counted))
    print(report(run))
    if given.json is not None:
        kept.write(run, given.json)
    return 0


def counts(release: str, answers: Sequence[Read | None]) -> Noise:
    """How many of a release's findings were read, and with which outcome."""
    known = [answer for answer in answers if answer is not None]
    real = [answer for answer in known if answer.verdict == "real-network-path"]
    return Noise(
        release=release,
        findings=len(answers),
        real=len(real),
        local=sum(answer.channel == "this-host" for answer in real),
        wrong=len(known) - len(real),
    )


def largest() -> tuple[labels.Release, ...]:
    """The ten labelled releases with the most lines."""
    known = [release for release in labels.releases() if release.labelled]
    return tuple(sorted(known, key=lambda release: -release.py_lines)[:LARGEST])


def read_verdicts(path: Path = READ) -> tuple[Read, ...]:
    """The verdicts kept so far."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return tuple(msgspec.json.decode(line, type=Read) for line in lines if line.strip())


def read(path: Path = COMMITTED) -> NoiseRun:
    """A run read back."""
    return kept.read(path, NoiseRun)


def report(run: NoiseRun) -> str:
    """The table of one run."""
    total = Noise(
        release="together",
        findings=sum(one.findings for one in run.releases),
        real=sum(one.real for one in run.releases),
        local=sum(one.local for one in run.releases),
        wrong=sum(one.wrong for one in run.releases),
    )
    head = ("release", "findings", "real path", "of them within this host", "not", "not read")
    rows = (
        (one.release, one.findings, share(one.real, one.real + one.wrong), one.local, one.wrong, one.unread)
        for one in (*run.releases, total)
    )
    return f"{run.tool}; {described(run.machine)}.\n\n" + table(head, rows)


def sheet(release: labels.Release, finding: scanner.Finding, answer: Read | None, tree: Path) -> Iterator[str]:
    """What a reader needs to judge one finding: the claim and each step's code."""
    endpoint = finding.endpoint
    yield f"## {release.name} {finding.path}:{finding.line} ({'unread' if answer is None else answer.verdict})"
    yield f"{finding.severity}/{finding.confidence} {finding.rule} {finding.sink} from {finding.source.kind}"
    yield f"{finding.message}"
    if endpoint is not None:
        yield f"{endpoint.role} {endpoint.transport} {endpoint.address!r}, {endpoint.reach}, {endpoint.authentication}"
    for step in finding.flow:
        yield f"  {step.path}:{step.line}: {_code(tree / step.path, step.line)}"


def _code(path: Path, line: int) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    return lines[line - 1].strip() if 0 < line <= len(lines) else ""


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="List gnomon's findings in large releases, for reading by hand.")
    parser.add_argument("--unread", action="store_true", help="print only what has no verdict yet")
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--json", type=Path, help="keep the counts here")
    parser.add_argument("--offline", action="store_true", help="use the cache only")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())

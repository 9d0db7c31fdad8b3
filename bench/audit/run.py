"""Are released files judged rightly, beside pip-audit and an imported dump; and what does an environment cost?

usage: python bench/audit/run.py [--json FILE] [--dump all.zip] [--environment FOLDER] [--cache FOLDER]

Downloads what is not in the cache. pip-audit is installed into an environment of its own in the cache, and asks its
services itself; nothing of the releases is installed, imported or run.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import msgspec
from msgspec import Struct

from bench.archives import Archive, archive_path, default_cache
from bench.audit.results import Environment, Judged, Release, Run, Said, write
from bench.audit.tables import report
from bench.machine import this_machine
from gnomon import __version__
from gnomon.audit.affected import affected_by
from gnomon.core.advisory import Advisories, Advisory
from gnomon.core.purl import pypi
from gnomon.io import osv_dump
from gnomon.io.limits import DEFAULT
from gnomon.knowledge import advisories

PIP_AUDIT = "2.10.1"
LABELS = Path(__file__).with_name("labels.toml")
_PATIENCE_S = 600


class Labelled(Struct, frozen=True, forbid_unknown_fields=True):
    """A release, and what is right about it."""

    package: str
    version: str
    says: dict[str, str]


def labelled() -> tuple[Labelled, ...]:
    """The labels."""
    return msgspec.convert(tomllib.loads(LABELS.read_text(encoding="utf-8"))["release"], tuple[Labelled, ...])


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and keep with --json."""
    parser = argparse.ArgumentParser(description="Judge released files.")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--dump", type=Path)
    parser.add_argument("--called", help="what the dump is, for the table")
    parser.add_argument("--environment", type=Path)
    parser.add_argument("--cache", type=Path, default=default_cache())
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GNOMON_DATA_DIR"] = f"{folder}/data"
        os.environ["GNOMON_CACHE_DIR"] = f"{folder}/cache"
        own = advisories.load()
        dump, records = _imported(given.dump)
        rival = _pip_audit(given.cache)
        releases = tuple(_release(each, own, dump, rival, given.cache) for each in labelled())
        environment = _environment(given.environment) if given.environment else None
    run = Run(
        machine=this_machine(),
        gnomon=__version__,
        advisories=len(own.advisories),
        verified=sum(each.verified for each in own.advisories),
        looks=sum(len(each.checked) for each in own.advisories),
        pip_audit_version=PIP_AUDIT,
        dump=given.called or (given.dump.name if given.dump else "none"),
        dump_records=records,
        releases=releases,
        environment=environment,
    )
    print(report(run))
    if given.json:
        write(run, given.json)
    return 0


def _imported(path: Path | None) -> tuple[Advisories | None, int]:
    if path is None:
        return None, 0
    done = osv_dump.import_dump(path, DEFAULT, time.strftime("%Y-%m-%d"))
    found = osv_dump.imported(pypi(each.package).package for each in labelled())
    osv_dump.place().unlink()  # versions alone and files must not mix below
    return found, done.records


def _release(each: Labelled, own: Advisories, dump: Advisories | None, rival: Path, cache: Path) -> Release:
    known = {advisory.id: advisory for advisory in own.advisories}
    checked = next(
        entry
        for identity in each.says
        for entry in known[identity].checked
        if entry.version == each.version and entry.purl in ("", pypi(each.package).package)
    )
    path = archive_path(Archive(each.package, checked.file, checked.sha256), cache)
    cold, _ = _timed("audit", path, "--format", "json", "--no-progress")
    warm, answer = _timed("audit", path, "--format", "json", "--no-progress")
    given = {verdict["advisory"]: verdict["status"] for verdict in msgspec.json.decode(answer)["verdicts"]}
    line, code = _asked(rival, f"{each.package}=={each.version}")
    print(f"{each.package} {each.version}: {cold:.1f} s, {warm:.1f} s", file=sys.stderr, flush=True)
    return Release(
        package=each.package,
        version=each.version,
        file=checked.file,
        sha256=checked.sha256,
        judged=tuple(
            Judged(
                advisory=identity,
                label=label,
                gnomon=given.get(identity, "no verdict"),
                dump=_said(known[identity], each, dump),
            )
            for identity, label in each.says.items()
        ),
        seconds_cold=round(cold, 2),
        seconds_warm=round(warm, 2),
        pip_audit=line,
        pip_audit_code=code,
    )


def _said(advisory: Advisory, each: Labelled, dump: Advisories | None) -> Said:
    """What the dump's record of the same flaw says about the version."""
    purl = pypi(each.package).package
    found = [
        affected_by(each.version, entry)
        for record in (dump.advisories if dump else ())
        if record.ids & advisory.ids and not record.withdrawn
        for entry in record.affected
        if entry.purl == purl
    ]
    return "no record" if not found else "affected" if "affected" in found else "not affected"


def _timed(*arguments: object) -> tuple[float, bytes]:
    began = time.perf_counter()
    result = subprocess.run(
        [sys.executable, "-m", "gnomon", *map(str, arguments)], capture_output=True, timeout=_PATIENCE_S, check=False
    )
    elapsed = time.perf_counter() - began
    if result.returncode not in (0, 1, 4):
        raise SystemExit(result.stderr.decode())
    return elapsed, result.stdout


def _pip_audit(cache: Path) -> Path:
    folder = cache / "audit" / "rival"
    program = folder / "bin" / "pip-audit"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin" / "pip", "install", "-q", f"pip-audit=={PIP_AUDIT}"], check=True)
    return program


def _asked(program: Path, requirement: str) -> tuple[str, int]:
    """What it says, without the warnings, and its exit code."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(f"{requirement}\n")
        file.flush()
        result = subprocess.run(
            [program, "-r", file.name, "--no-deps", "--disable-pip", "--progress-spinner", "off"],
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
        )
    lines = [line for line in (result.stdout + result.stderr).splitlines() if line and not line.startswith("WARNING")]
    said = next((line for line in lines if "ulnerabilit" in line), lines[-1] if lines else "")
    skipped = any("could not be audited" in line for line in lines)
    return f"{said}; not looked up" if skipped else said, result.returncode


def _environment(folder: Path) -> Environment:
    cold, answer = _timed("audit", folder, "--format", "json", "--no-progress")
    warm = tuple(round(_timed("audit", folder, "--format", "json", "--no-progress")[0], 3) for _ in range(5))
    document = msgspec.json.decode(answer)
    found = [each for each in document["verdicts"] if each["status"] in ("affected", "still-flawed", "by-version")]
    flawed = {each["package"].removeprefix("pkg:pypi/") for each in found}
    return Environment(
        packages=document["summary"]["packages"],
        files=document["summary"]["files"],
        flawed=tuple(sorted(flawed)),
        findings=len(found),
        seconds_cold=round(cold, 2),
        seconds_warm=warm,
    )


if __name__ == "__main__":
    sys.exit(main())

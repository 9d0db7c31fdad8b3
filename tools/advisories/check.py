"""Holds every advisory against the files of the releases that it names; `--write` notes in it where the code is.

usage: python tools/advisories/check.py [--write] [--without-scan] [--cache FOLDER] [ID…]

Downloads what is not in the cache, by name and sha256; nothing is unpacked, imported or run. For each release: 1. is
the flawed code there, as the advisory says? 2. does scan find it elsewhere, in code that is like a signature?
3. do the ranges agree with what is in the files?
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from bench.archives import Archive, ArchiveError, archive_path, default_cache  # noqa: E402
from gnomon.audit.affected import affected_by  # noqa: E402
from gnomon.audit.evidence import Holding, Reading, Seen  # noqa: E402
from gnomon.cli.scanning import recognition  # noqa: E402
from gnomon.core.advisory import Advisory, AffectedPackage, CheckedRelease  # noqa: E402
from gnomon.core.finding import Finding  # noqa: E402
from gnomon.core.purl import parsed  # noqa: E402
from gnomon.core.tree import Tree  # noqa: E402
from gnomon.io.archives import read_archive  # noqa: E402
from gnomon.io.limits import DEFAULT  # noqa: E402
from gnomon.io.results import results  # noqa: E402
from gnomon.io.workers import spread  # noqa: E402
from gnomon.knowledge import advisories  # noqa: E402
from gnomon.knowledge.load import load as knowledge  # noqa: E402

DATA = ROOT / "src" / "gnomon" / "knowledge" / "data" / advisories.PART
_TOP = re.compile(r"^[^/]+-v?\d[^/]*/(?:src/|python/)?")


def main(argv: Sequence[str] | None = None) -> int:
    """Print what differs, and return 1 if anything does."""
    parser = argparse.ArgumentParser(description="Hold the advisories against released files.")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--without-scan", action="store_true")
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("ids", nargs="*")
    given = parser.parse_args(argv)
    problems = 0
    looked = 0
    for advisory in advisories.load().advisories:
        if given.ids and advisory.id not in given.ids:
            continue
        for checked in advisory.checked:
            looked += 1
            for problem in _problems(advisory, checked, given):
                problems += 1
                print(f"{advisory.id}: {checked.file}: {problem}", flush=True)
    print(f"{looked} looks at releases, {problems} differ")
    return 1 if problems else 0


def _problems(advisory: Advisory, checked: CheckedRelease, given: argparse.Namespace) -> Iterator[str]:
    entry = _entry(advisory, checked)
    name = parsed(entry.purl)
    try:
        path = archive_path(Archive(name.name if name else "", checked.file, checked.sha256), given.cache)
    except ArchiveError as error:
        yield f"can't be had: {error}"
        return
    seen = _seen(advisory, path, scan=not given.without_scan)
    if seen.code != checked.code:
        yield f"it says {checked.code}, and the files say {seen.code}: {seen.reason}"
    state = affected_by(checked.version, entry)
    if (state == "affected") != (checked.code == "present") and (advisory.verified or checked.code != "absent"):
        yield f"by its ranges {checked.version} is {state}, and the code is {checked.code}"
    at = tuple(dict.fromkeys(f"{_TOP.sub('', sight.path)}:{sight.line}" for sight in seen.sights))
    if given.write:
        _write(advisory, checked, at)
    elif at != checked.at:
        yield f"the code is at {', '.join(at) or 'no place'}, and it says {', '.join(checked.at) or 'none'}"


def _entry(advisory: Advisory, checked: CheckedRelease) -> AffectedPackage:
    return next((entry for entry in advisory.affected if entry.purl == checked.purl), advisory.affected[0])


def _seen(advisory: Advisory, path: Path, *, scan: bool) -> Seen:
    tree = _tree(path)
    findings = _findings(path) if scan else ()
    return Reading(Holding(tree=tree), findings).seen(advisory)


@cache
def _tree(path: Path) -> Tree:
    return read_archive(path, path.name, DEFAULT)


@cache
def _findings(path: Path) -> tuple[Finding, ...]:
    found = results(_tree(path), knowledge(), spread(2), recognition())
    return tuple(each for each in found if isinstance(each, Finding))


def _write(advisory: Advisory, checked: CheckedRelease, at: tuple[str, ...]) -> None:
    """Puts the places into the entry of the release."""
    file = DATA / f"{advisory.id}.toml"
    blocks = file.read_text(encoding="utf-8").split("\n\n")
    for number, block in enumerate(blocks):
        if block.startswith("[[checked]]") and f'\nfile = "{checked.file}"\n' in f"{block}\n":
            lines = [line for line in block.rstrip("\n").split("\n") if not line.startswith("at = ")]
            if at:
                lines.append(f"at = {msgspec.json.encode(at).decode().replace(',', ', ')}")
            blocks[number] = "\n".join(lines)
    file.write_text("\n\n".join(blocks).rstrip("\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

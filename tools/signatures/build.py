"""Writes the bundled signatures from the releases that the specification names; `--check` only compares.

usage: python tools/signatures/build.py [--check] [--repositories FOLDER] [--cache FOLDER] [ID…]

Downloads what is not in the cache, by name and sha256. Signatures of commits need a clone of their repository at
FOLDER/OWNER/NAME; without one their files are left as they are.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from sources import MissingClone, chosen, digest, files  # noqa: E402
from specification import Specification, Specified, WantedRepair, specification  # noqa: E402

from bench.archives import ArchiveError, default_cache  # noqa: E402
from gnomon.core.errors import GnomonError  # noqa: E402
from gnomon.core.signature import Origin, Signature  # noqa: E402
from gnomon.core.tree import SourceFile  # noqa: E402
from gnomon.knowledge.load import load  # noqa: E402
from gnomon.knowledge.signatures import written  # noqa: E402
from gnomon.python.text import searchable  # noqa: E402
from gnomon.trace.copies import Place  # noqa: E402
from gnomon.trace.learning import Chosen, Draft, Repaired, learned, named  # noqa: E402
from gnomon.trace.reading import units_of  # noqa: E402
from gnomon.trace.sinks import sink_tokens  # noqa: E402

DATA = ROOT / "src" / "gnomon" / "knowledge" / "data" / "signatures"


class Builder:
    """Learns signatures; each release is read once."""

    def __init__(self, specified: Specification, cache: Path, repositories: Path | None) -> None:
        self._specification = specified
        self._cache = cache
        self._repositories = repositories
        self._sinks = sink_tokens(load().models)
        self._files: dict[str, list[SourceFile]] = {}

    def signature(self, wanted: Specified) -> Signature:
        """The signature. Raises MissingClone, LookupError, ArchiveError, GnomonError."""
        name, project, release = self._specification.release(wanted.release)
        paths = tuple(dict.fromkeys(each.path for each in wanted.definitions))
        places = self._places(wanted.release, paths)
        draft = Draft(
            id=wanted.id,
            title=wanted.title,
            explanation=wanted.explanation,
            rule=wanted.rule,
            advisories=wanted.advisories,
            origin=Origin(
                project=name,
                release=release.version,
                repository=project.repository,
                date=release.date,
                digest=digest(release),
                licence=project.licence,
            ),
        )
        return learned(draft, list(_chosen(wanted, places)), [self._repaired(each, paths) for each in wanted.repairs])

    def _repaired(self, wanted: WantedRepair, paths: Sequence[str]) -> Repaired:
        _, _, release = self._specification.release(wanted.release)
        there = {file.path for file in self._read(wanted.release)}
        kept = wanted.paths or tuple(path for path in paths if path in there)
        return Repaired(
            kind=wanted.kind,
            release=release.version,
            date=release.date,
            note=wanted.note,
            places=tuple(self._places(wanted.release, kept).values()),
        )

    def _places(self, label: str, paths: Sequence[str]) -> Mapping[str, Place]:
        found: dict[str, Place] = {}
        for file in chosen(self._read(label), paths):
            units, problem = units_of(file.path, searchable(file.data), self._sinks)
            if not units:
                raise LookupError(f"{label}: {file.path}: {problem or 'it has no functions'}")
            found[file.path] = Place(file.path, units)
        return found

    def _read(self, label: str) -> list[SourceFile]:
        if label not in self._files:
            self._files[label] = files(*self._specification.release(label), self._cache, self._repositories)
        return self._files[label]


def _chosen(wanted: Specified, places: Mapping[str, Place]) -> Iterator[Chosen]:
    for each in wanted.definitions:
        unit = named(places[each.path], each.qualname)
        if unit is None:
            raise LookupError(f"{wanted.release}: there is no {each.qualname} in {each.path}")
        yield Chosen(each.path, unit, each.role)


def main(argv: Sequence[str] | None = None) -> int:
    """Write the files, or with `--check` name those that would change and return 1."""
    parser = argparse.ArgumentParser(description="Build the bundled signatures.")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--repositories", type=Path)
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("ids", nargs="*")
    given = parser.parse_args(argv)
    specified = specification()
    builder = Builder(specified, given.cache, given.repositories)
    wanted = [each for each in specified.signatures if not given.ids or each.id in given.ids]
    results = [_built(builder, each, check=given.check) for each in wanted]
    stale = () if given.ids else _stale(specified)
    for path in stale:
        print(f"{path.name}: no such signature in the specification")
        if not given.check:
            path.unlink()
    return 1 if "failed" in results or (given.check and ("changed" in results or stale)) else 0


def _built(builder: Builder, wanted: Specified, *, check: bool) -> str:
    """What became of the file: `same`, `changed`, `skipped` or `failed`."""
    try:
        data = written(builder.signature(wanted))
    except MissingClone as error:
        print(f"{wanted.id}: skipped: {error}")
        return "skipped"
    except (LookupError, ArchiveError, GnomonError) as error:
        print(f"{wanted.id}: {error}")
        return "failed"
    path = DATA / f"{wanted.id}.toml"
    if path.exists() and path.read_bytes() == data:
        return "same"
    print(f"{path.relative_to(ROOT)}: {'differs' if check else f'written, {len(data):,} bytes'}")
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return "changed"


def _stale(specified: Specification) -> list[Path]:
    known = {f"{each.id}.toml" for each in specified.signatures}
    return [path for path in sorted(DATA.glob("*.toml")) if path.name not in known]


if __name__ == "__main__":
    sys.exit(main())

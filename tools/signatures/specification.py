"""The specification of the bundled signatures -> checked values.

`releases.toml` lists the releases and commits that are read, by project; every other TOML file here says, for
signatures of one project, which definitions they are learned from, in words what is wrong with them, and what became
of them later. What the fields of a signature mean is told in docs/signatures.md.
"""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, TypeVar

import msgspec
from msgspec import Struct

from gnomon.core.lineage import State
from gnomon.core.signature import RepairKind, Role

FOLDER = Path(__file__).parent
RELEASES = "releases.toml"
T = TypeVar("T")


class Release(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A published archive, a commit, or single files of a project whose commit is not known, by their git blobs."""

    version: str
    """Version; of a commit the 12 first digits of its id."""
    date: str
    """ISO 8601 day of the upload or commit; "" if it is not known."""
    file: str = ""
    """Name of the archive; "" for a commit."""
    sha256: str = ""
    commit: str = ""
    """40 digits; "" for an archive."""
    blobs: Mapping[str, str] = {}
    """Path -> the 40 digits by which any clone of the project has that file: `git cat-file blob`."""


class Project(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who published the releases."""

    repository: str
    """`owner/name` at a public forge."""
    licence: str
    """SPDX expression, as the releases' metadata says."""
    release: tuple[Release, ...]


class Wanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A definition to learn."""

    path: str
    """Without the archive's top folder."""
    qualname: str
    role: Role


class WantedRepair(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to say of a later release."""

    release: str
    """`vllm 0.8.5`: project and version, as in releases.toml."""
    kind: RepairKind
    note: str
    paths: tuple[str, ...] = ()
    """Files that the definitions are in by then, if others than before."""


class Specified(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One signature."""

    id: str
    title: str
    explanation: str
    rule: str = ""
    advisories: tuple[str, ...] = ()
    release: str
    """The flawed one: `vllm 0.6.6`."""
    definitions: tuple[Wanted, ...]
    repairs: tuple[WantedRepair, ...] = ()
    states: Mapping[str, State | Literal[""]] = {}
    """By release, what tracing it must say about the signature; "" for no copy at all. bench/lineage/pack.py checks."""


class Specification(Struct, frozen=True):
    """Everything that is built, and what it is built from."""

    projects: Mapping[str, Project]
    signatures: tuple[Specified, ...]

    def release(self, label: str) -> tuple[str, Project, Release]:
        """Name of the project, project and release of `vllm 0.6.6`. Raises KeyError."""
        name, _, version = label.partition(" ")
        project = self.projects[name]
        for release in project.release:
            if release.version == version:
                return name, project, release
        raise KeyError(label)


class _Releases(Struct, frozen=True, forbid_unknown_fields=True):
    project: Mapping[str, Project]


class _Signatures(Struct, frozen=True, forbid_unknown_fields=True):
    signature: tuple[Specified, ...]


def specification(folder: Path = FOLDER) -> Specification:
    """What the folder's files say. Raises ValueError naming the file, or the release that is not listed."""
    projects = _read(folder / RELEASES, _Releases).project
    files = sorted(path for path in folder.glob("*.toml") if path.name != RELEASES)
    found = Specification(projects, tuple(each for path in files for each in _read(path, _Signatures).signature))
    _check(found)
    return found


def _read(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), kind)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"{path.name}: {error}") from None


def _check(found: Specification) -> None:
    for signature in found.signatures:
        for label in _labels(signature):
            try:
                found.release(label)
            except KeyError:
                raise ValueError(f"{signature.id}: {label} is not in {RELEASES}") from None


def _labels(signature: Specified) -> Iterable[str]:
    yield signature.release
    yield from (repair.release for repair in signature.repairs)
    yield from signature.states

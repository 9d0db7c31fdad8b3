"""A release or commit of the specification -> its Python files, streamed; nothing is unpacked, imported or run."""

import hashlib
import re
import subprocess
from collections.abc import Collection, Iterator
from pathlib import Path

from specification import Project, Release

from bench.archives import Archive, archive_path
from gnomon.core.tree import SourceFile
from gnomon.io.archives import read_archive
from gnomon.io.limits import DEFAULT
from gnomon.io.targets import read

_DATA = re.compile(r"[^/]+\.data/(?:purelib|platlib)/")


class MissingClone(Exception):
    """A commit is wanted, and no clone of its repository is at hand."""


def files(name: str, project: Project, release: Release, cache: Path, repositories: Path | None) -> list[SourceFile]:
    """The files, by paths without the archive's top folder. Raises MissingClone, ArchiveError, TargetError."""
    if release.blobs:
        return [SourceFile(path=path, data=_blob(each, project, repositories)) for path, each in release.blobs.items()]
    if release.commit:
        clone = _clone(project.repository, repositories)
        return list(read(f"{clone}@{release.commit}").files)
    archive = archive_path(Archive(name, release.file, release.sha256), cache)
    tree = read_archive(archive, release.file, DEFAULT, f"sha256:{release.sha256}")
    return [SourceFile(path=within(file.path, release.file), data=file.data) for file in tree.files]


def digest(release: Release) -> str:
    """What identifies the release's content."""
    identity = release.commit or next(iter(release.blobs.values()), "")
    return f"git:{identity}" if identity else f"sha256:{release.sha256}"


def within(path: str, archive: str) -> str:
    """A path without the top folder of a source archive, or a wheel's folder of data."""
    top, _, rest = path.partition("/")
    return rest if rest and archive.startswith((f"{top}.tar", f"{top}.zip")) else _DATA.sub("", path, count=1)


def chosen(found: Collection[SourceFile], paths: Collection[str]) -> Iterator[SourceFile]:
    """The files of those paths, in their order. Raises LookupError for one that is not there."""
    by_path = {file.path: file for file in found}
    for path in paths:
        if path not in by_path:
            raise LookupError(f"there is no {path}")
        yield by_path[path]


def _blob(digits: str, project: Project, repositories: Path | None) -> bytes:
    """A file by its content: a copy of it at FOLDER/blobs/DIGITS, or out of a clone. Raises MissingClone."""
    copy = repositories / "blobs" / digits if repositories is not None else None
    if copy is not None and copy.is_file():
        data = copy.read_bytes()
    else:
        clone = _clone(project.repository, repositories)
        asked = subprocess.run(["git", "-C", clone, "cat-file", "blob", digits], capture_output=True, check=False)
        data = asked.stdout
    if hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest() != digits:
        raise MissingClone(f"no clone of {project.repository} that has the blob {digits}, and no true copy of it")
    return data


def _clone(repository: str, repositories: Path | None) -> Path:
    owner, _, name = repository.partition("/")
    if repositories is not None:
        for place in (Path(owner) / name, Path(f"{owner}+{name}") / "repo", Path(f"{owner}+{name}"), Path(name)):
            if (repositories / place).is_dir():
                return repositories / place
    raise MissingClone(f"no clone of {repository}: git clone it, and name its folder's folder with --repositories")

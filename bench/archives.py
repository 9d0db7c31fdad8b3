"""The exact archives the labels name: found through pip's configured indexes, checked by sha256, kept in a cache.

`pip download` alone is not enough: for a source release it runs the build backend, and nothing here may be built.
So pip's own session and index list are used (a bench may lean on pip's internals), and only bytes are written.
"""

import hashlib
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pip._vendor.requests import Session

SIMPLE_JSON = {"Accept": "application/vnd.pypi.simple.v1+json"}
CHUNK = 1 << 20


class ArchiveError(Exception):
    """An archive can't be had: not in the index, not reachable, or with another digest."""


class Archive(NamedTuple):
    """One published file, by name and digest."""

    project: str
    file: str
    sha256: str
    """Empty if unknown: then the digest is not checked."""


class Commit(NamedTuple):
    """Code at a commit, which no index has."""

    project: str
    repository: str
    """`owner/name`."""
    commit: str

    @property
    def name(self) -> str:
        """Repository and commit."""
        return f"{self.repository}@{self.commit[:12]}"


def commit_path(commit: Commit, clones: Path | None, cache: Path) -> Path:
    """An archive of the commit in the cache, made from a clone named `<owner>+<name>`. Raises ArchiveError."""
    folder = commit.repository.replace("/", "+")
    path = cache / "archives" / f"{folder}-{commit.commit}.tar"
    if not path.exists():
        if clones is None or not (clones / folder).is_dir():
            raise ArchiveError(f"{commit.name}: no clone of it at hand (--git-trees)")
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        made = ["git", "-C", clones / folder, "archive", "--format=tar", f"--output={part}", commit.commit]
        ended = subprocess.run(made, capture_output=True, text=True, check=False)
        if ended.returncode:
            raise ArchiveError(f"{commit.name}: {ended.stderr.strip()}")
        part.rename(path)
    return path


def default_cache() -> Path:
    """The cache folder: $GNOMON_BENCH_CACHE or ~/.cache/gnomon-bench."""
    return Path(os.environ.get("GNOMON_BENCH_CACHE") or Path.home() / ".cache" / "gnomon-bench")


def archive_path(archive: Archive, cache: Path, *, offline: bool = False) -> Path:
    """The archive's verified path in the cache, downloaded first if needed. Raises ArchiveError."""
    path = cache / "archives" / archive.file
    if not path.exists():
        if offline:
            raise ArchiveError(f"{archive.file} is not in {path.parent}, and --offline forbids the download")
        path.parent.mkdir(parents=True, exist_ok=True)
        _download(archive, path)
    if archive.sha256 and digest(path) != archive.sha256:
        raise ArchiveError(f"{archive.file}: the sha256 is not the one of the label")
    return path


def digest(path: Path) -> str:
    """Hexadecimal sha256 of a file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _download(archive: Archive, path: Path) -> None:
    # pip is needed only when something is missing, and its internals take a while to import
    from pip._internal.commands import create_command
    from pip._internal.exceptions import PipError
    from pip._internal.index.collector import LinkCollector
    from pip._vendor.requests import RequestException

    command = create_command("download")
    options, _ = command.parse_args([])
    part = path.with_name(path.name + ".part")
    try:
        session = command._build_session(options)  # noqa: SLF001  (pip has no public way)
        indexes = LinkCollector.create(session, options=options).search_scope.get_index_urls_locations(archive.project)
        _stream(session, _address(session, indexes, archive), part)
    except (PipError, RequestException, OSError) as error:
        raise ArchiveError(f"{archive.file}: {error}") from error
    part.rename(path)


def _address(session: "Session", indexes: list[str], archive: Archive) -> str:
    for index in indexes:
        if index.startswith("file:"):
            continue
        reply = session.get(index.rstrip("/") + "/", headers=SIMPLE_JSON, timeout=60)
        if reply.ok and "json" in reply.headers.get("content-type", ""):
            for file in reply.json()["files"]:
                if file["filename"] == archive.file:
                    return file["url"]
    raise ArchiveError(f"{archive.file} is not in the configured indexes")


def _stream(session: "Session", address: str, part: Path) -> None:
    # identity: a proxy that compresses on the way would change the digest
    with session.get(address, stream=True, timeout=300, headers={"Accept-Encoding": "identity"}) as reply:
        reply.raise_for_status()
        with part.open("wb") as out:
            for chunk in reply.iter_content(CHUNK):
                out.write(chunk)

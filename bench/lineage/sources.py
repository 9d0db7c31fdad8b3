"""The Python files of a labelled commit, out of whichever clone holds it, or of the release that stands for it."""

import subprocess
from pathlib import Path

from msgspec import Struct

from bench.archives import Archive, archive_path
from bench.lineage.labels import PublishedFile
from bench.trees import python_files

LARGEST = 1_000_000
"""Bytes of a file; tables of kernels' parameters are larger."""


class Tree(Struct, frozen=True, order=True):
    """All files of one commit or release."""

    name: str
    """`owner/name@commit`, or the archive's file name."""
    repo: str = ""
    commit: str = ""
    project: str = ""
    sha256: str = ""


def tree(repo: str, commit: str, release: PublishedFile | None) -> Tree:
    """The tree that a label speaks of."""
    if release is not None:
        return Tree(release.file, project=release.project, sha256=release.sha256)
    return Tree(f"{repo}@{commit[:12]}", repo=repo, commit=commit)


class NotThere(Exception):
    """The commit is in no clone."""


class Sources:
    """Clones below a folder, each at `<owner>+<name>` or in `repo` there; a fork holds its origin's commits too."""

    def __init__(self, repositories: Path, cache: Path, *, offline: bool) -> None:
        self._clones = {
            folder.name: folder / "repo" if (folder / "repo").is_dir() else folder
            for folder in sorted(repositories.iterdir())
            if folder.is_dir()
        }
        self._cache = cache
        self._offline = offline
        self._known: dict[str, Path] = {}

    def check(self, wanted: Tree) -> None:
        """Downloads the archive, or finds the clone. Raises NotThere or ArchiveError."""
        if wanted.commit:
            self._holding(wanted.repo, wanted.commit)
        else:
            self._archive(wanted)

    def files(self, wanted: Tree) -> dict[str, bytes]:
        """Path -> content of the tree's Python files. Raises NotThere or ArchiveError."""
        if wanted.commit:
            return _tree_of(self._holding(wanted.repo, wanted.commit), wanted.commit)
        return {path: data for path, data in python_files(self._archive(wanted)) if len(data) <= LARGEST}

    def _archive(self, wanted: Tree) -> Path:
        named = Archive(wanted.project, wanted.name, wanted.sha256)
        return archive_path(named, self._cache, offline=self._offline)

    def holding(self, wanted: Tree) -> Path:
        """The clone that has the commit. Raises NotThere."""
        return self._holding(wanted.repo, wanted.commit)

    def _holding(self, repo: str, commit: str) -> Path:
        if commit not in self._known:
            own = repo.replace("/", "+")
            for name in sorted(self._clones, key=lambda name: name != own):
                if _git(self._clones[name], "cat-file", "-e", f"{commit}^{{commit}}").returncode == 0:
                    self._known[commit] = self._clones[name]
                    break
            else:
                raise NotThere(f"{repo}@{commit[:12]} is in no clone")
        return self._known[commit]


def _git(clone: Path, *arguments: str, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["git", "-C", clone, *arguments], input=given, capture_output=True, check=False)


def _tree_of(clone: Path, commit: str) -> dict[str, bytes]:
    listed = _git(clone, "ls-tree", "-r", "-z", commit).stdout.decode("utf-8", "replace")
    blobs = {}
    for row in listed.split("\0"):
        about, _, path = row.partition("\t")
        if path.endswith(".py"):
            blobs[path] = about.split()[2]
    contents = _git(clone, "cat-file", "--batch", given="\n".join([*blobs.values(), ""]).encode()).stdout
    found = {}
    at = 0
    for path in blobs:
        end = contents.index(b"\n", at)
        head = contents[at:end].split()
        if head[1] == b"missing":
            at = end + 1
            continue
        size = int(head[2])
        if size <= LARGEST:
            found[path] = contents[end + 1 : end + 1 + size]
        at = end + 2 + size
    return found

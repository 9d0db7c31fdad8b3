"""A commit -> the Python in it, from git's objects alone: what is read is what is hashed, never a checked-out file."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Literal

from msgspec import Struct

from gnomon.core.tree import Tree
from gnomon.io import names
from gnomon.io.git_objects import Absent, Objects
from gnomon.io.intake import Intake
from gnomon.io.limits import Limits
from gnomon.io.names import Kind
from gnomon.io.tree import EXCLUDED

SUBMODULE = "a submodule: its files are in a repository of its own; scan that by itself"
"""Why its files are not read."""
_TREE, _LINK, _SUBMODULE = 0o040000, 0o120000, 0o160000
_TYPE = 0o170000
_COMMIT_BYTES = 10_000_000
_TREE_BYTES = 50_000_000
"""A folder of a million files."""
_LONGEST_LINK = 4_096
_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
"""https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md"""
_LONGEST_POINTER = 1_024
_INTERPRETERS = (("bin", "python"), ("Scripts", "python.exe"))


class Damaged(Exception):
    """A commit can't be read at all; the message is the reason, in one line."""


class Entry(Struct, frozen=True):
    """A name in a folder of a commit."""

    mode: int
    name: str
    id: str

    @property
    def is_folder(self) -> bool:
        """True for a folder of files."""
        return self.mode & _TYPE == _TREE


def read_commit(
    objects: Objects, commit: str, path: str, target: str, limits: Limits, at_hand: Mapping[str, bytes] | None = None
) -> Tree | None:
    """Every Python file at or below `path` ("" for all) in the commit; None if there is no such path.

    `at_hand` spares reading blobs whose content is known, by id. Raises Damaged and GitFailed.
    """
    found = entry_at(objects, commit, path)
    if found is None:
        return None
    walk = _Walk(objects, Intake(limits), at_hand or {})
    if found.is_folder:
        walk.folders(found.id)
    else:
        walk.note(found, found.name, named=True)
    walk.take()
    return walk.intake.tree(target, f"git:{commit}")


def entry_at(objects: Objects, commit: str, path: str) -> Entry | None:
    """What is at `path` in the commit; None if nothing is. Raises Damaged and GitFailed."""
    head = _content(objects, commit, "commit").partition(b"\n")[0]
    found = Entry(_TREE, "", head.removeprefix(b"tree ").decode("ascii", "replace"))
    for part in filter(None, path.split("/")):
        if not found.is_folder:
            return None
        listing = entries(_content(objects, found.id, "tree"), len(commit))
        matching = [entry for entry in listing if entry.name == part]
        if not matching:
            return None
        found = matching[-1]
    return found


def _content(objects: Objects, name: str, kind: Literal["commit", "tree"]) -> bytes:
    limit = _TREE_BYTES if kind == "tree" else _COMMIT_BYTES
    ((_, data),) = objects.read([name], kind, limit)
    if isinstance(data, Absent):
        raise Damaged(f"the {kind} {name[:12]} can't be read: {data.reason}")
    return data


def entries(data: bytes, digits: int) -> Iterator[Entry]:
    """The names in a tree object. Raises Damaged.

    Each is `mode SP name NUL id` (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects).
    """
    at, size = 0, digits // 2
    while at < len(data):
        blank = data.find(b" ", at)
        end = data.find(b"\0", blank)
        mode = data[at:blank]
        if not 0 < blank < end or len(data) < end + 1 + size or not mode.isdigit() or mode.strip(b"01234567"):
            raise Damaged("it is no list of files")
        yield Entry(
            int(mode, 8), data[blank + 1 : end].decode("utf-8", "surrogateescape"), data[end + 1 : end + 1 + size].hex()
        )
        at = end + 1 + size


class _Walk:
    """What was met below one folder of a commit, and the way to its content."""

    def __init__(self, objects: Objects, intake: Intake, at_hand: Mapping[str, bytes]) -> None:
        self.intake = intake
        self._objects = objects
        self._at_hand = at_hand
        self._listings: dict[str, tuple[Entry, ...] | Absent] = {}
        self._listed = 0
        """Names in all listings, so that no commit can fill the memory with them."""
        self._seen = 0
        """Names on all paths: the same listing counts each time."""
        self._over = False
        self._wanted: dict[Kind, dict[str, str]] = {"python": {}, "notebook": {}, "script": {}, "deployment": {}}
        """Kind -> path -> id."""
        self._links: dict[str, str] = {}

    def folders(self, root: str) -> None:
        """Notes every file below the folder with that id, a level at a time."""
        level = [("", root)]
        depth = 0
        while level and not self._over:
            self._list({name for _, name in level})
            level = [below for path, name in level for below in self._folder(path, name)]
            depth += 1
            if depth > self.intake.limits.max_depth:
                for path, _ in level:
                    self.intake.skip(path.rstrip("/"), f"more than {depth - 1} folders deep")
                return

    def _list(self, ids: set[str]) -> None:
        """Reads the folders with those ids, each once: a commit can hold the same one any number of times."""
        for name, data in self._objects.read(sorted(ids - self._listings.keys()), "tree", _TREE_BYTES):
            self._listings[name] = data if isinstance(data, Absent) else self._listing(data, len(name))

    def _listing(self, data: bytes, digits: int) -> tuple[Entry, ...] | Absent:
        left = self.intake.limits.max_entries - self._listed
        try:
            listing = tuple(islice(entries(data, digits), left + 1))
        except Damaged as error:
            return Absent(str(error))
        self._listed += len(listing)
        if len(listing) <= left:
            return listing
        self._listed -= len(listing)  # this one is let go; a smaller one may have room
        return Absent(f"there are more than {self.intake.limits.max_entries:,} names")

    def _folder(self, path: str, name: str) -> Iterator[tuple[str, str]]:
        """Notes the folder's files; yields the folders in it, as paths that end in a slash and ids."""
        listing = self._listings[name]
        if isinstance(listing, Absent):
            self.intake.skip(path.rstrip("/") or ".", f"a folder can't be listed: {listing.reason}")
            return
        if path and self._is_environment(listing):
            self.intake.exclude(path.rstrip("/"))
            return
        self._seen += len(listing)
        if self._seen > self.intake.limits.max_entries and not self._over:
            self._over = True
            self.intake.skip(".", f"more than {self.intake.limits.max_entries:,} names; the rest was not read")
        if self._over:
            return
        for entry in listing:
            inside = names.inside(path + entry.name)
            if inside is None or "/" in entry.name:
                self.intake.skip(path + entry.name, "its name leads out of the repository")
            elif not entry.is_folder:
                self.note(entry, inside)
            elif entry.name in EXCLUDED:
                self.intake.exclude(inside)
            else:
                yield f"{inside}/", entry.id

    def _is_environment(self, listing: Sequence[Entry]) -> bool:
        """As for a folder on disk: other people's packages, with an interpreter."""
        here = {entry.name: entry for entry in listing}
        if "conda-meta" in here:
            return True
        if "pyvenv.cfg" not in here:
            return False
        wanted = [(here[folder].id, python) for folder, python in _INTERPRETERS if folder in here]
        self._list({folder for folder, _ in wanted})
        return any(
            entry.name == python
            for folder, python in wanted
            if not isinstance(found := self._listings[folder], Absent)
            for entry in found
        )

    def note(self, entry: Entry, path: str, *, named: bool = False) -> None:
        """Remembers a file to be read, or lists why it is not. One that the user named may be a script."""
        kind = names.kind_of(path)
        kind = "script" if named and kind == "other" else kind
        if entry.mode & _TYPE == _SUBMODULE:
            self.intake.skip(path, SUBMODULE)
        elif entry.mode & _TYPE == _LINK:
            if names.may_hold_python(path):
                self._links[path] = entry.id
        elif kind == "package":
            self.intake.skip(path, "an archive within the repository is not opened")
        elif kind != "other":
            if path in self._wanted[kind]:
                self.intake.skip(path, "there is more than one file of this name; the last was read")
            self._wanted[kind][path] = entry.id

    def take(self) -> None:
        """Reads what was noted, and says of links where they lead if that is not read."""
        for kind, wanted in self._wanted.items():
            if not self.intake.full:
                self._take_all(kind, wanted)
        if self._links and not self.intake.full:
            paths = _by_id(self._links)
            for name, data in self._objects.read(paths, "blob", _LONGEST_LINK):
                for path in paths[name]:
                    self._note_link(path, data)

    def _take_all(self, kind: Kind, wanted: Mapping[str, str]) -> None:
        paths = _by_id(wanted)
        for name in [name for name in paths if name in self._at_hand]:
            for path in paths.pop(name):
                self._take(path, kind, self._at_hand[name])
        if not paths:
            return
        for name, data in self._objects.read(paths, "blob", self.intake.limit_of(kind)):
            for path in paths[name]:
                self._take(path, kind, data)
            if self.intake.full:
                return

    def _take(self, path: str, kind: Kind, data: bytes | Absent) -> None:
        if self.intake.full:
            return
        if (
            kind == "deployment"
            and not names.named_deployment(path)
            and (isinstance(data, Absent) or _is_pointer(data))
        ):
            return  # most YAML deploys nothing
        if isinstance(data, Absent):
            self.intake.skip(path, data.reason)
        elif _is_pointer(data):
            self.intake.skip(path, "a Git LFS pointer: the content is kept outside of the repository")
        elif kind != "script" or names.is_script(data):
            self.intake.take(path, data, kind)

    def _note_link(self, path: str, data: bytes | Absent) -> None:
        if isinstance(data, Absent):
            self.intake.skip(path, f"a link that can't be read: {data.reason}")
            return
        link = data.decode("utf-8", "surrogateescape")
        end = names.link_end(path, link)
        if end is None:
            self.intake.skip(path, f"a link out of the folder, to {link}, is not followed")
        elif names.kind_of(path) in ("python", "notebook") and not any(
            end in wanted for wanted in self._wanted.values()
        ):
            self.intake.skip(path, "a link to a file that is not read under its own name")


def _is_pointer(data: bytes) -> bool:
    """True for what Git LFS leaves in a repository in a file's place."""
    return len(data) <= _LONGEST_POINTER and data.startswith(_POINTER)


def _by_id(wanted: Mapping[str, str]) -> dict[str, list[str]]:
    """Paths by the id of what they hold."""
    paths: dict[str, list[str]] = {}
    for path, name in wanted.items():
        paths.setdefault(name, []).append(path)
    return paths

"""The files of a container image as its layers leave them: what a layer puts, replaces and whites out.

https://github.com/opencontainers/image-spec/blob/main/layer.md. Only Python files and links are kept; of all others it
matters what they replace. A link to a folder is followed within the image. If a lower layer made it, umoci follows it
too, and Podman puts a folder in its place: what the image holds then depends on the engine, and is noted.
"""

from collections.abc import Iterator

from msgspec import Struct

from gnomon.io.inflate import TooMuch
from gnomon.io.limits import Limits, megabytes

_LONGEST_CHAIN = 40
"""Links from link to link, as Linux has it."""
_MAX_FOLLOWED = 10_000_000
"""Parts of links, all together."""
_MAX_NODES = 1_000_000
_MAX_LINK_BYTES = 64_000_000
_MAX_NOTES = 10_000
_DIFFERS = "changed through a link of a lower layer, which container engines take differently"


class Leaf(Struct, frozen=True, eq=False):
    """A Python file, or why it is not read. A hard link is the same leaf at another place."""

    data: bytes
    reason: str = ""


class Link(Struct, frozen=True):
    """A symbolic link."""

    to: str


Folder = dict[str, "Leaf | Link | Folder"]
Node = Leaf | Link | Folder


class _Place(Struct):
    """A folder, as the layer that is read and those below have it; empty where they have none."""

    path: tuple[str, ...]
    upper: Folder
    lower: Folder
    through_lower_link: bool


class ImageFiles:
    """The merged layers so far, and the one that is being read.

    A whiteout hides what is below its own layer only, wherever in the layer it stands. So a layer is merged at its end.
    """

    def __init__(self, limits: Limits) -> None:
        self.notes: list[tuple[str, str]] = []
        """Path -> why what is there may not be what an engine shows."""
        self._limits = limits
        self._lower: Folder = {}
        self._upper: Folder = {}
        self._nodes = 0
        self._leaves = 0
        self._bytes = 0
        self._link_bytes = 0
        self._followed = 0

    def note(self, path: str, reason: str) -> None:
        """Lists what could not be applied. Raises TooMuch."""
        if len(self.notes) == _MAX_NOTES:
            raise TooMuch(f"more than {_MAX_NOTES:,} entries that can't be read; the rest was not read")
        self.notes.append((path, reason))

    def put(self, path: str, leaf: Leaf | None) -> None:
        """A file, None if it is none to keep. Raises TooMuch."""
        self._set(path, leaf)

    def link(self, path: str, to: str) -> None:
        """A symbolic link. Raises TooMuch."""
        self._set(path, Link(to))

    def folder(self, path: str) -> None:
        """A folder, where there may have been a file or link. Raises TooMuch."""
        place, name = self._parent(path)
        for within in (place.lower, place.upper):
            if isinstance(within.get(name), Leaf | Link):
                self._pop(within, name)
                self._note_crossing(path, place)

    def find(self, path: str) -> Leaf | None:
        """The leaf at that path. Raises TooMuch."""
        place, name = self._parent(path)
        node = place.upper.get(name, place.lower.get(name))
        return node if isinstance(node, Leaf) else None

    def white_out(self, path: str) -> None:
        """Hides what lower layers have there. Raises TooMuch."""
        place, name = self._parent(path)
        if self._pop(place.lower, name):
            self._note_crossing(path, place)

    def white_out_all(self, folder: str) -> None:
        """Hides all that lower layers have in the folder. Raises TooMuch."""
        place = self._resolve(folder.split("/") if folder else [])
        if place.lower:
            self._note_crossing(folder, place)
        for name in list(place.lower):
            self._pop(place.lower, name)

    def end_layer(self) -> None:
        """Lays the layer over those below."""
        waiting = [(self._upper, self._lower)]
        while waiting:
            upper, lower = waiting.pop()
            for name, node in upper.items():
                below = lower.get(name)
                if isinstance(node, dict) and isinstance(below, dict):
                    waiting.append((node, below))
                    self._nodes -= 1
                else:
                    self._pop(lower, name)
                    lower[name] = node
        self._upper = {}

    def leaves(self) -> Iterator[tuple[str, Leaf]]:
        """Every leaf of the merged layers, with its path."""
        return ((path, node) for path, node in self._all() if isinstance(node, Leaf))

    def links(self) -> Iterator[tuple[str, str]]:
        """Every link of the merged layers: its path, and where it leads."""
        return ((path, node.to) for path, node in self._all() if isinstance(node, Link))

    def _all(self) -> Iterator[tuple[str, Leaf | Link]]:
        waiting = [("", self._lower)]
        while waiting:
            prefix, folder = waiting.pop()
            for name, node in folder.items():
                if isinstance(node, dict):
                    waiting.append((f"{prefix}{name}/", node))
                else:
                    yield prefix + name, node

    def _set(self, path: str, node: Leaf | Link | None) -> None:
        place, name = self._parent(path)
        gone = [self._pop(within, name) for within in (place.lower, place.upper)]
        if any(gone) or node is not None:
            self._note_crossing(path, place)
        if len(place.path) > self._limits.max_depth:
            self.note(path, f"more than {self._limits.max_depth} folders deep")
        elif node is not None:
            self._made(place.path)[name] = node
            self._count(node, 1)
            self._check()

    def _note_crossing(self, path: str, place: _Place) -> None:
        if place.through_lower_link:
            self.note(path, _DIFFERS)

    def _parent(self, path: str) -> tuple[_Place, str]:
        *parents, name = path.split("/")
        return self._resolve(parents), name

    def _resolve(self, parts: list[str]) -> _Place:
        """Where a folder really lies; `..` does not lead out of the image."""
        path: list[str] = []
        folders: list[tuple[Folder, Folder]] = [(self._upper, self._lower)]
        waiting = parts[::-1]
        chain, crossed = 0, False
        while waiting:
            part = waiting.pop()
            if part == "..":
                path = path[:-1]
                folders = folders[:-1] or folders
            if part in ("", ".", ".."):
                continue
            above, below = folders[-1][0].get(part), folders[-1][1].get(part)
            node = below if above is None else above
            if isinstance(node, Link) and chain < _LONGEST_CHAIN:
                chain += 1
                crossed = crossed or above is None
                waiting += self._end(node)
                if node.to.startswith("/"):
                    path, folders = [], folders[:1]
            else:
                path.append(part)
                folders.append((_as_folder(above), {} if isinstance(above, Leaf) else _as_folder(below)))
        return _Place(tuple(path), *folders[-1], crossed)

    def _end(self, link: Link) -> list[str]:
        """The link's parts, the last first."""
        parts = link.to.split("/")[::-1]
        self._followed += len(parts)
        if self._followed > _MAX_FOLLOWED:
            raise TooMuch(f"more than {_MAX_FOLLOWED:,} links to follow; the rest was not read")
        return parts

    def _made(self, path: tuple[str, ...]) -> Folder:
        """The folder in this layer, made if need be; a file or link in its place is gone, also below."""
        upper, lower = self._upper, self._lower
        for part in path:
            node = upper.get(part)
            if not isinstance(node, dict):
                self._pop(upper, part)
                node = upper[part] = {}
                self._nodes += 1
            if not isinstance(lower.get(part), dict):
                self._pop(lower, part)
            upper, lower = node, _as_folder(lower.get(part))
        return upper

    def _pop(self, folder: Folder, name: str) -> bool:
        """Takes a node out, with all below it; False if there was none."""
        node = folder.pop(name, None)
        if node is None:
            return False
        waiting: list[Node] = [node]
        while waiting:
            node = waiting.pop()
            self._count(node, -1)
            if isinstance(node, dict):
                waiting += node.values()
        return True

    def _count(self, node: Node, change: int) -> None:
        self._nodes += change
        if isinstance(node, Leaf):
            self._leaves += change
            self._bytes += change * len(node.data)
        elif isinstance(node, Link):
            self._link_bytes += change * len(node.to)

    def _check(self) -> None:
        limits = self._limits
        if self._leaves > limits.max_files:
            raise TooMuch(f"more than {limits.max_files:,} files; the rest was not read")
        if self._bytes > limits.max_total_bytes:
            raise TooMuch(f"more than {megabytes(limits.max_total_bytes)} of source; the rest was not read")
        if self._nodes > _MAX_NODES or self._link_bytes > _MAX_LINK_BYTES:
            raise TooMuch(f"more than {_MAX_NODES:,} folders and links; the rest was not read")


def _as_folder(node: Node | None) -> Folder:
    """The folder's nodes, none if it is something else."""
    return node if isinstance(node, dict) else {}

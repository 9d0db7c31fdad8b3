"""What a container image is kept in, a folder or a tar -> its blobs by name, without unpacking anything.

A tar of an image may name its blobs in any order, and the list of them last. So one pass notes where each lies.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, BytesIO
from pathlib import Path

from msgspec import Struct

from gnomon.io import archives, files, names, tars
from gnomon.io.inflate import Budget, Damage, Hash, Inflated, Stored, Stream, TooMuch
from gnomon.io.limits import Limits

_IMAGE_LIKE = re.compile(
    r"oci-layout|index\.json|manifest\.json|repositories|blobs/.*"
    r"|[0-9a-f]{64}(\.json|\.tar|\.tar\.gz)?|[0-9a-f]{64}/(json|VERSION|layer\.tar)"
)
_UNLIKE = 32
"""Entries at the beginning of a tar that are not like an image's, before it counts as another archive."""
_LAYOUT = frozenset({"oci-layout", "index.json", "blobs", "manifest.json", "repositories"})
_LONGEST_NAME = 4096
_LINKS = 8
_PIECE = 1 << 20
_KEPT_BYTES = 4_000_000
_KEPT_TOTAL = 64_000_000
_REREAD = 16
"""How many times over a compressed archive is inflated again, since a stream can't be read backwards."""


class Unavailable(Exception):
    """A blob can't be read; the message is the reason, in one line."""


class Blob:
    """One blob, read in order; `seen` gets every byte that is read."""

    def __init__(self, source: Stream, size: int, seen: Hash | None = None) -> None:
        self._source = source
        self._left = size
        self._seen = seen
        self._ahead = b""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, none only at the end. Raises what the source raises."""
        wanted = len(self._ahead) + self._left if size < 0 else size
        data, self._ahead = self._ahead[:wanted], self._ahead[wanted:]
        return data + self._fetch(wanted - len(data))

    def peek(self, size: int = 0, /) -> bytes:
        """The next bytes, `size` of them if there are as many."""
        self._ahead += self._fetch(size - len(self._ahead))
        return self._ahead

    def drain(self) -> None:
        """Reads what is left, so that `seen` gets it."""
        while self.read(_PIECE):
            pass

    def _fetch(self, size: int) -> bytes:
        data = self._source.read(min(max(size, 0), self._left))
        self._left -= len(data)
        if self._seen is not None:
            self._seen.update(data)
        return data


class FolderStore:
    """An image layout that is a folder: https://github.com/opencontainers/image-spec/blob/main/image-layout.md."""

    def __init__(self, root: Path) -> None:
        self.bytes = 0
        """A folder has no size of its own."""
        self.notes: list[tuple[str, str]] = []
        self._root = root.resolve()

    def size(self, name: str) -> int | None:
        """Bytes of the blob; None if there is none of that name."""
        try:
            return (self._root / name).lstat().st_size if names.inside(name) == name else None
        except OSError:
            return None

    @contextmanager
    def open(self, name: str, seen: Hash | None = None) -> Iterator[Blob]:
        """The blob from its beginning on. Raises Unavailable."""
        path = f"{self._root}{os.sep}{name.replace('/', os.sep)}"
        if names.inside(name) != name or os.path.realpath(path) != path:
            raise Unavailable("a link or a name that leads elsewhere is not followed")
        try:
            file = files.opened(path)
        except files.Unreadable as error:
            raise Unavailable(str(error)) from None
        with file:
            size = os.fstat(file.fileno()).st_size
            yield Blob(Stored(file, size), size, seen)


class _Place(Struct, frozen=True):
    """Where a blob's bytes lie in the tar."""

    offset: int
    size: int


class TarStore:
    """An image in a tar, as it is or compressed."""

    def __init__(self, file: BufferedReader, size: int, limits: Limits) -> None:
        self.bytes = size
        """Of the archive."""
        self.notes: list[tuple[str, str]] = []
        """What is in the archive and can't be read, or belongs to no image."""
        self.holds_python = False
        """Beside the image."""
        self._file = file
        self._compressed = file.peek(6).startswith(archives.COMPRESSED_MAGICS)
        self._limits = limits
        self._places: dict[str, _Place] = {}
        self._links: dict[str, str] = {}
        self._kept: dict[str, bytes] = {}
        self._kept_bytes = 0
        self._stream: Stream | None = None
        self._again: Budget | None = None

    def index(self) -> bool:
        """Notes where each blob lies; False if it is not like an image's archive. Raises Torn or Damage for no tar."""
        stream = self._start(Budget(self._limits.image_of(self.bytes)))
        like, unlike = False, 0
        try:
            for member in tars.members(stream, self._limits.max_files):
                path = names.inside(member.name)
                like = like or (path is not None and _IMAGE_LIKE.fullmatch(path) is not None)
                unlike += 1
                if not like and unlike > _UNLIKE:
                    return False
                if path is not None and len(path) <= _LONGEST_NAME:
                    self._note(stream, member, path)
        except (*Damage, tars.Torn) as error:
            if not like:
                raise
            self.notes.append((".", f"the archive is damaged: {error}"))
        except TooMuch as error:
            self.notes.append((".", str(error)))
        self._again = Budget(_REREAD * stream.position)
        return like

    def size(self, name: str) -> int | None:
        """Bytes of the blob; None if there is none of that name."""
        place = self._place(name)
        return None if place is None else place.size

    @contextmanager
    def open(self, name: str, seen: Hash | None = None) -> Iterator[Blob]:
        """The blob from its beginning on. Raises Unavailable."""
        place = self._place(name)
        if place is None:
            raise Unavailable("it is missing")
        if name in self._kept and len(self._kept[name]) == place.size:
            yield Blob(Stored(BytesIO(self._kept[name]), place.size), place.size, seen)
        else:
            yield Blob(self._at(place.offset), place.size, seen)

    def _start(self, budget: Budget) -> Stream:
        self._file.seek(0)
        if not self._compressed:
            return Stored(self._file, self.bytes)
        return Inflated(self._file, budget)

    def _at(self, offset: int) -> Stream:
        """The archive from `offset` on; a compressed one from its beginning again if it is past that."""
        if self._stream is None or self._stream.position > offset:
            self._stream = self._start(self._again or Budget(0))
        try:
            self._stream.skip(offset - self._stream.position)
        except TooMuch:
            self._stream = None
            raise Unavailable("the archive would have to be inflated too often; decompress it first") from None
        return self._stream

    def _note(self, stream: Stream, member: tars.Member, path: str) -> None:
        if path in self._places and member.kind == "file":
            self.notes.append((path, "there is more than one file of this name; the last was read"))
        self._places.pop(path, None)
        self._links.pop(path, None)
        self._kept.pop(path, None)
        if member.kind == "file":
            self._places[path] = _Place(stream.position, member.size)
            if names.kind_of(path) in ("python", "notebook", "package"):
                self.notes.append((path, "it lies beside the image, not in it"))
                self.holds_python = True
            if self._compressed and member.size <= min(_KEPT_BYTES, _KEPT_TOTAL - self._kept_bytes):
                self._keep(stream, member, path)
        elif member.kind in ("symlink", "hardlink"):
            end = names.link_end(path, member.link) if member.kind == "symlink" else names.inside(member.link)
            self._links.update({path: end} if end else {})

    def _keep(self, stream: Stream, member: tars.Member, path: str) -> None:
        """Manifests are few, small, and asked for in another order than they lie in."""
        head = stream.read(min(member.size, 1))
        if head in (b"{", b"["):
            self._kept[path] = head + stream.read(member.size - 1)
            self._kept_bytes += member.size

    def _place(self, name: str) -> _Place | None:
        """Where the blob lies, found again through links."""
        name = names.inside(name) or name
        for _ in range(_LINKS):
            if name in self._places:
                return self._places[name]
            if name not in self._links:
                return None
            name = self._links[name]
        return None

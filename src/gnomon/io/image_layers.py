"""A container image's layers -> the Python files they leave, each layer streamed once, in order, and verified."""

import re
from collections.abc import Callable

from msgspec import Struct

from gnomon.core.errors import MissingExtra
from gnomon.io import names, notebooks, tars
from gnomon.io.image_files import ImageFiles, Leaf
from gnomon.io.image_manifests import Store, hash_of
from gnomon.io.image_store import Blob, Unavailable
from gnomon.io.inflate import Budget, Damage, Inflated, Stream, TooMuch
from gnomon.io.intake import Intake
from gnomon.io.limits import Limits, too_large
from gnomon.io.names import Kind

_KNOWN = re.compile(
    r"application/vnd\.(oci\.image\.layer(\.nondistributable)?\.v1|docker\.image\.rootfs(\.foreign)?\.diff)"
    r"\.tar([.+](gzip|zstd|bzip2|xz))?"
)
_ELSEWHERE = re.compile(r"nondistributable|foreign")
_WHITEOUT, _BOOKKEEPING, _OPAQUE = ".wh.", ".wh..wh.", ".wh..wh..opq"
_SHEBANG_BYTES = 128
_LONGEST_PATH, _LONGEST_NAME, _LONGEST_LINK = 1024, 255, 4096
"""Characters; a system allows 4,096, 255 and 4,096 bytes. A longer path would cost more memory than the file."""
_ALL = 1 << 62


class Layer(Struct, frozen=True, kw_only=True):
    """One layer as the manifest names it."""

    blob: str
    label: str
    """What the report calls it: its digest, or its name in the archive."""
    digest: str = ""
    """Of the blob as it is stored; "" if the format does not say."""
    diff_id: str = ""
    """Digest of what the blob inflates to; "" if the configuration does not say."""
    size: int = -1
    """Of the blob, -1 if the format does not say."""
    media_type: str = ""


class LayerReader:
    """Applies layers to an image's files. What can't be read is noted, and the next layer is read all the same."""

    def __init__(
        self, store: Store, layers: tuple[Layer, ...], limits: Limits, also: Callable[[str], bool] | None = None
    ) -> None:
        """`also` says which files are kept beside Python, by their paths; `kept_also` gives them."""
        self._also = also
        self.files = ImageFiles(limits)
        self.notes: list[tuple[str, str]] = []
        self.excluded: set[str] = set()
        self._store = store
        self._layers = layers
        self._limits = limits
        self._entries = 0

    def read(self) -> None:
        """All layers, the lowest first, as far as the limits go."""
        stored = sum(self._store.size(blob) or 0 for blob in {layer.blob for layer in self._layers})
        budget = Budget(self._limits.image_of(min(stored, self._store.bytes or stored)))
        try:
            for layer in self._layers[: self._limits.max_image_layers]:
                self._read_layer(layer, budget)
        except TooMuch as error:
            self.notes.append((".", str(error)))
        if len(self._layers) > self._limits.max_image_layers:
            self.notes.append((".", f"more than {self._limits.max_image_layers:,} layers; the rest was not read"))

    def deliver(self, intake: Intake) -> None:
        """Hands over the files that are left, and everything that was noted."""
        seen: set[Leaf] = set()
        for path, leaf in sorted(self.files.leaves(), key=_installed_first):
            if leaf.reason:
                intake.skip(path, leaf.reason)
            elif leaf not in seen and not self._is_also(path):
                intake.take(path, leaf.data, "python")
            seen.add(leaf)
        for path, end in self.files.links():
            if names.kind_of(path) in ("python", "notebook") and names.kind_of(end) not in ("python", "notebook"):
                intake.skip(path, "a link to a file that is not read under its own name")
        for path, reason in (*self.notes, *self.files.notes):
            intake.skip(path, reason)
        for folder in self.excluded:
            intake.exclude(folder)

    def kept_also(self) -> dict[str, bytes]:
        """The files beside Python that are left, by path."""
        return {path: leaf.data for path, leaf in self.files.leaves() if self._is_also(path) and not leaf.reason}

    def _is_also(self, path: str) -> bool:
        return self._also is not None and self._also(path)

    def _read_layer(self, layer: Layer, budget: Budget) -> None:
        try:
            self._refuse_unknown(layer)
            wanted = layer.digest or layer.diff_id
            found = hash_of(wanted)
            as_stored, inflated = (found, None) if layer.digest else (None, found)
            with self._store.open(layer.blob, as_stored) as blob:
                self._apply(Inflated(blob, budget, inflated), layer, blob)
            self._verify(layer, wanted, f"{found.name}:{found.hexdigest()}")
        except Unavailable as error:
            self.notes.append((layer.label, str(error)))
        except MissingExtra as error:
            self.notes.append((layer.label, f"{error.problem}; to read it: {error.remedy}"))
        finally:
            self.files.end_layer()

    def _verify(self, layer: Layer, wanted: str, found: str) -> None:
        if wanted not in ("", found):
            self.notes.append((layer.label, "its content does not have the digest that the image gives"))
        elif layer.size not in (-1, self._store.size(layer.blob)):
            self.notes.append((layer.label, "its size is not the one that the image gives"))

    def _refuse_unknown(self, layer: Layer) -> None:
        kind = layer.media_type
        if kind.endswith("+encrypted"):
            raise Unavailable("it is encrypted")
        if kind and not _KNOWN.fullmatch(kind):
            raise Unavailable(f"a layer of an unknown kind, {kind[:100]}")
        if not layer.blob:
            raise Unavailable("its digest is none that can be verified")
        if self._store.size(layer.blob) is None:
            raise Unavailable("it is kept elsewhere" if _ELSEWHERE.search(kind) else "it is missing")

    def _apply(self, stream: Inflated, layer: Layer, blob: Blob) -> None:
        """Changes the files; what comes before damage counts. Reads to the end, for the digests."""
        try:
            for member in tars.members(stream, self._limits.max_image_entries - self._entries):
                self._entries += 1
                self._apply_member(stream, member)
            stream.skip(_ALL)
        except (*Damage, tars.Torn) as error:
            self.notes.append((layer.label, f"the layer is damaged: {error}"))
        try:
            blob.drain()
        except (*Damage, TooMuch) as error:  # of the archive around it
            raise Unavailable(f"the archive is damaged: {error}") from None

    def _apply_member(self, stream: Stream, member: tars.Member) -> None:
        # An engine takes an absolute name for one from the image's root, and knows the root itself.
        name = member.name.lstrip("/")
        path = names.inside(name)
        if path is None and name.strip("./") == "" and ".." not in name:
            return
        problem = self._problem(path)
        if path is None or problem:
            self.files.note(member.name[:_LONGEST_PATH], problem)
        elif path.rpartition("/")[2].startswith(_WHITEOUT):
            self._white_out(path)
        elif member.kind == "folder":
            self.files.folder(path)
        elif member.kind == "symlink":
            self.files.link(path, member.link[:_LONGEST_LINK])
        else:
            self.files.put(path, self._leaf(stream, member, path))

    def _problem(self, path: str | None) -> str:
        """Why an entry can't be applied, "" if it can."""
        if path is None:
            return "its name leads out of the image"
        if len(path) > _LONGEST_PATH or max(map(len, path.split("/"))) > _LONGEST_NAME:
            return "its name is too long"
        if path.count("/") > self._limits.max_depth:
            return f"more than {self._limits.max_depth} folders deep"
        return ""

    def _white_out(self, path: str) -> None:
        folder, _, name = path.rpartition("/")
        hidden = name.removeprefix(_WHITEOUT)
        if name == _OPAQUE:
            self.files.white_out_all(folder)
        elif hidden in ("", ".", ".."):
            self.files.note(path, "it would hide a folder from within")
        elif not name.startswith(_BOOKKEEPING):
            self.files.white_out(f"{folder}/{hidden}" if folder else hidden)

    def _leaf(self, stream: Stream, member: tars.Member, path: str) -> Leaf | None:
        """What is kept of an entry that is neither folder nor symbolic link."""
        kind = names.kind_of(path)
        if self._is_also(path):
            return self._read_also(stream, member)
        if kind in ("other", "deployment"):  # an image says by itself how it is started
            return None
        if folder := names.standard_library(path):
            self.excluded.add(folder)
            return None
        if member.kind == "hardlink":
            return self._linked(member.link, kind)
        if member.kind == "special":
            return Leaf(b"", "a device, pipe or sparse file") if kind in ("python", "notebook") else None
        if kind == "package":
            return Leaf(b"", "an archive within the image is not opened")
        return self._read_file(stream, member, kind)

    def _read_also(self, stream: Stream, member: tars.Member) -> Leaf | None:
        if member.kind == "hardlink":
            path = names.inside(member.link.lstrip("/"))
            return self.files.find(path) if path else None
        limit = self._limits.max_file_bytes
        if member.kind != "file" or member.size > limit:
            return Leaf(
                b"", too_large(member.size, limit) if member.kind == "file" else "a device, pipe or sparse file"
            )
        return Leaf(stream.read(member.size))

    def _linked(self, end: str, kind: Kind) -> Leaf | None:
        path = names.inside(end.lstrip("/"))
        leaf = self.files.find(path) if path else None
        if leaf is None and kind != "script" and not (path and names.standard_library(path)):
            return Leaf(b"", "a hard link to a file that is not read under its own name")
        return leaf

    def _read_file(self, stream: Stream, member: tars.Member, kind: Kind) -> Leaf | None:
        head = stream.read(min(member.size, _SHEBANG_BYTES))
        if kind == "script" and not names.is_script(head):
            return None
        limits = self._limits
        limit = limits.max_notebook_bytes if kind == "notebook" else limits.max_file_bytes
        if member.size > limit:
            return Leaf(b"", too_large(member.size, limit))
        data = head + stream.read(member.size - len(head))
        if len(data) < member.size:
            return Leaf(b"", "the layer ends in the middle of it")
        if kind == "notebook":
            try:
                data = notebooks.source_of(data, limits.max_file_bytes)
            except notebooks.NotNotebook as error:
                return Leaf(b"", str(error))
        return Leaf(data)


def _installed_first(entry: tuple[str, Leaf]) -> tuple[bool, str]:
    """Of hard links, the one that Python imports names the file."""
    path = entry[0]
    return "/site-packages/" not in path and "/dist-packages/" not in path, path

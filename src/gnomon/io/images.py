"""A container image, as `docker save` writes it or as an OCI image layout -> the Python in it, layer by layer.

Nothing is unpacked: layers are streamed one after the other, and only Python is kept. What pip installed is looked at,
the interpreter's own library is not.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.errors import TargetError
from gnomon.core.tree import Provenance, Tree
from gnomon.io import names
from gnomon.io.image_choice import Candidate, choose
from gnomon.io.image_index import INDEX, LIST, Image, LayoutIndex, SavedList
from gnomon.io.image_layers import LayerReader
from gnomon.io.image_manifests import Store
from gnomon.io.image_store import FolderStore, TarStore, Unavailable
from gnomon.io.inflate import Damage
from gnomon.io.intake import Intake
from gnomon.io.limits import Limits
from gnomon.io.tars import Torn


def split(target: str) -> tuple[str, str]:
    """PATH:NAME as an existing path and the name of an image in it; ("", "") if the target is not of that form."""
    at = target.find(":")
    while at >= 0:
        with suppress(OSError):
            if at and Path(target[:at]).exists():
                return target[:at], target[at + 1 :]
        at = target.find(":", at + 1)
    return "", ""


def is_layout(path: Path) -> bool:
    """True if the folder is an image layout, with no Python beside the image. Raises OSError."""
    with os.scandir(path) as listing:
        entries = {entry.name: entry.is_dir() for entry in listing}
    beside = {name for name, is_folder in entries.items() if is_folder or names.kind_of(name) != "other"}
    return {"oci-layout", INDEX} <= entries.keys() and beside <= {"blobs"}


class Also(Struct):
    """Files that are wanted beside Python."""

    wanted: Callable[[str], bool]
    """True for the path of one."""
    found: dict[str, bytes]


def read_layout(path: Path, target: str, wanted: str, limits: Limits, also: Also | None = None) -> Tree:
    """The Python in an image of a layout that is a folder. Raises TargetError."""
    try:
        return _read(FolderStore(path), path, target, wanted, limits, also)
    except _NoImage as error:
        raise _unreadable(target, str(error)) from None


def read_tar(path: Path, target: str, wanted: str, limits: Limits, also: Also | None = None) -> Tree | None:
    """The Python in an image in a tar; None if the tar is another archive. Raises TargetError, OSError."""
    with path.open("rb") as file:
        store = TarStore(file, os.fstat(file.fileno()).st_size, limits)
        try:
            return _read(store, path, target, wanted, limits, also) if store.index() else None
        except _NoImage as error:
            if store.holds_python:
                return None
            raise _unreadable(target, str(error)) from None
        except (*Damage, Torn):
            return None


class _NoImage(Exception):
    """There is no image in the store; the message is the reason, in one line."""


def _read(store: Store, path: Path, target: str, wanted: str, limits: Limits, also: Also | None = None) -> Tree:
    index, candidates, notes = _index(store)
    chosen = choose(candidates, wanted, str(path))
    try:
        image = index.load(chosen)
    except Unavailable as error:
        raise _NoImage(f"{chosen.digest}: {error}") from None
    reader = LayerReader(store, image.layers, limits, also.wanted if also is not None else None)
    reader.read()
    if also is not None:
        also.found.update(reader.kept_also())
    intake = Intake(limits)
    reader.deliver(intake)
    for name, reason in dict.fromkeys((*notes, *index.notes, *_other_list(index, image), *store.notes)):
        intake.skip(name, reason)
    for left_out in (*index.excluded, *_other_builds(candidates, chosen)):
        intake.exclude(left_out)
    return replace(intake.tree(target, image.digest), image=image.start, origin=_origin(chosen, image, path))


def _origin(chosen: Candidate, image: Image, path: Path) -> Provenance:
    """The image's name and tag, or the name of what it lies in."""
    name = chosen.names[0].partition("@")[0] if chosen.names else path.name.partition(".")[0]
    project, _, tag = name.rpartition("/")[2].partition(":")
    return Provenance(
        project=project, label=tag, date=image.created, basis="creation of the image" if image.created else ""
    )


def _index(store: Store) -> tuple[LayoutIndex | SavedList, list[Candidate], list[tuple[str, str]]]:
    """What lists the images, the images, and what could not be read on the way. Raises _NoImage."""
    notes: list[tuple[str, str]] = []
    for name, reader in ((INDEX, LayoutIndex), (LIST, SavedList)):
        if store.size(name) is None:
            continue
        try:
            index: LayoutIndex | SavedList = reader(store)
        except Unavailable as error:
            notes.append((name, str(error)))
            continue
        if candidates := index.candidates():
            return index, candidates, notes
        notes += index.notes or [(name, "it lists no images")]
    raise _NoImage(": ".join(notes[0]) if notes else f"it has neither {INDEX} nor {LIST}")


def _other_list(index: LayoutIndex | SavedList, image: Image) -> Iterator[tuple[str, str]]:
    """Engines read either of the two lists, so they must mean the same image."""
    if isinstance(index, LayoutIndex) and index.store.size(LIST) is not None:
        try:
            same = SavedList(index.store).names(image)
        except Unavailable as error:
            yield LIST, str(error)
        else:
            if not same:
                yield LIST, f"it does not list the image that was read, from {INDEX}"


def _other_builds(candidates: list[Candidate], chosen: Candidate) -> Iterator[str]:
    for other in candidates:
        if other.names == chosen.names and other.digest != chosen.digest:
            yield f"{other.platform or other.digest} (the build for {chosen.platform} was read)"


def _unreadable(target: str, reason: str) -> TargetError:
    return TargetError(f"{target} can't be read as a container image: {reason}.", remedy="save or copy the image again")

"""The JSON documents of a container image -> values.

https://github.com/opencontainers/image-spec/blob/main/manifest.md, image-index.md and config.md, and for `docker save`
https://github.com/moby/docker-image-spec/blob/main/spec.md.
"""

import hashlib
import re
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

import msgspec
from msgspec import Struct

from gnomon.core.tree import ImageConfig
from gnomon.io.image_store import Blob, Unavailable
from gnomon.io.inflate import Damage, Hash
from gnomon.io.limits import megabytes

MAX_MANIFEST_BYTES = 4_000_000
"""Of one JSON document, as registries have it."""
_ALGORITHMS = {"sha256": 64, "sha384": 96, "sha512": 128}
_HEX = re.compile(r"[0-9a-f]+")
_NAMES = ("io.containerd.image.name", "org.opencontainers.image.ref.name")
"""Annotations of an image's name, the fuller one first."""
_T = TypeVar("_T")


class Store(Protocol):
    """What an image is kept in."""

    bytes: int
    """Size of the archive, 0 for a folder."""
    notes: list[tuple[str, str]]
    """Name -> what of the store itself can't be read."""

    def size(self, name: str) -> int | None:
        """Bytes of the blob; None if there is none of that name."""

    def open(self, name: str, seen: Hash | None = None) -> AbstractContextManager[Blob]:
        """The blob from its beginning on. Raises Unavailable."""


class Platform(Struct, frozen=True):
    """What a build of an image runs on."""

    os: str = ""
    architecture: str = ""
    variant: str | None = None

    def __str__(self) -> str:
        """`linux/arm64/v8`, "" if nothing is said."""
        return "/".join(part for part in (self.os, self.architecture, self.variant or "") if part)


class Descriptor(Struct, frozen=True, rename="camel"):
    """Says which blob is meant, and what it is."""

    digest: str
    size: int = -1
    media_type: str = ""
    platform: Platform | None = None
    annotations: dict[str, str] | None = None

    @property
    def name(self) -> str:
        """What the index calls the image, "" if nothing."""
        said = self.annotations or {}
        return next((said[key] for key in _NAMES if said.get(key)), "")

    @property
    def blob(self) -> str:
        """Name of the blob in an image layout. Raises Unavailable if the digest is none."""
        algorithm, _, value = self.digest.partition(":")
        if _ALGORITHMS.get(algorithm) != len(value) or not _HEX.fullmatch(value):
            raise Unavailable(f"{self.digest[:100]!r} is no digest that can be verified")
        return f"blobs/{algorithm}/{value}"


class Document(Struct, frozen=True, rename="camel"):
    """An image manifest or an index: which of them is told by what it has."""

    media_type: str = ""
    artifact_type: str | None = None
    config: Descriptor | None = None
    layers: tuple[Descriptor, ...] | None = None
    manifests: tuple[Descriptor, ...] | None = None


class Saved(Struct, frozen=True, rename="pascal"):
    """An entry of the manifest.json that `docker save` writes."""

    config: str
    layers: tuple[str, ...] | None = None
    repo_tags: tuple[str, ...] | None = None


class _Rootfs(Struct, frozen=True):
    diff_ids: tuple[str, ...] | None = None


class _Start(Struct, frozen=True, rename="pascal"):
    entrypoint: tuple[str, ...] | None = None
    cmd: tuple[str, ...] | None = None
    env: tuple[str, ...] | None = None
    exposed_ports: dict[str, msgspec.Raw] | None = None
    working_dir: str = ""


class Config(Struct, frozen=True):
    """An image's configuration."""

    os: str = ""
    architecture: str = ""
    variant: str | None = None
    config: _Start | None = None
    rootfs: _Rootfs | None = None
    created: str | None = None

    @property
    def platform(self) -> str:
        """`linux/amd64`."""
        return str(Platform(self.os, self.architecture, self.variant))

    @property
    def diff_ids(self) -> tuple[str, ...]:
        """Digests of the layers as they are when inflated, the lowest first."""
        return (self.rootfs and self.rootfs.diff_ids) or ()

    @property
    def start(self) -> ImageConfig:
        """How the image starts what is in it."""
        said = self.config or _Start()
        return ImageConfig(
            platform=self.platform,
            entrypoint=said.entrypoint or (),
            command=said.cmd or (),
            environment=said.env or (),
            exposed_ports=tuple(sorted(said.exposed_ports or ())),
            working_folder=said.working_dir,
        )


class Verified(Struct, frozen=True):
    """A JSON document's bytes, and the digest that they have."""

    data: bytes
    digest: str


def hash_of(digest: str) -> "hashlib._Hash":
    """A new hash of the digest's algorithm; sha256 if it names none that is known."""
    algorithm = digest.partition(":")[0]
    return hashlib.new(algorithm if algorithm in _ALGORITHMS else "sha256", usedforsecurity=False)


def read_json(store: Store, name: str, digest: str = "") -> Verified:
    """A small blob. Raises Unavailable."""
    size = store.size(name)
    if size is not None and size > MAX_MANIFEST_BYTES:
        raise Unavailable(f"{megabytes(size)}, larger than the limit of {megabytes(MAX_MANIFEST_BYTES)}")
    try:
        with store.open(name) as blob:
            data = blob.read(MAX_MANIFEST_BYTES)
    except (*Damage,) as error:
        raise Unavailable(f"it can't be read: {error}") from None
    found = hash_of(digest)
    found.update(data)
    return Verified(data, f"{found.name}:{found.hexdigest()}")


def decoded(data: bytes, type_: type[_T]) -> _T:
    """The document as values. Raises Unavailable."""
    try:
        return msgspec.json.decode(data, type=type_)
    except msgspec.ValidationError as error:
        raise Unavailable(f"it is not as it must be: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unavailable("it is not JSON") from None

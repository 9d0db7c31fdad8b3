"""An image layout's index, or the list that `docker save` writes -> the images in it, and the layers of one of them."""

import re
from collections.abc import Iterator

from msgspec import Struct

from gnomon.core.tree import ImageConfig
from gnomon.io import days
from gnomon.io.image_choice import Candidate
from gnomon.io.image_layers import Layer
from gnomon.io.image_manifests import Config, Descriptor, Document, Saved, Store, Verified, decoded, read_json
from gnomon.io.image_store import Unavailable
from gnomon.io.limits import megabytes

INDEX, LIST = "index.json", "manifest.json"
_CONFIGS = frozenset({
    "", "application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json",
})  # fmt: skip
"""Media types of an image's configuration; what has another one is no image: a signature, a chart, a model."""
_ATTESTATION, _NO_PLATFORM = "vnd.docker.reference.type", "unknown/unknown"
"""https://docs.docker.com/build/metadata/attestations/attestation-storage/: no engine starts what has this platform."""
_SHA256 = re.compile(r"(?:blobs/sha256/)?([0-9a-f]{64})(?:\.json|\.tar)?")
_LONGEST_NAME = 300
_MAX_DEPTH = 8
_MAX_DOCUMENTS = 1_000
_MAX_BYTES = 64_000_000
"""Of all JSON documents together."""
_WRONG = "its content does not have the digest that the image gives"


class Image(Struct, frozen=True, kw_only=True):
    """One image, read as far as its manifest and configuration go."""

    layers: tuple[Layer, ...]
    start: ImageConfig
    digest: str
    """Of the manifest, or of the configuration in what `docker save` wrote."""
    config_digest: str
    created: str = ""
    """ISO 8601 day; "" if the image does not tell."""


class _Entry(Struct, frozen=True):
    """A descriptor that an index holds, the name that it goes by, and how many indexes are around it."""

    descriptor: Descriptor
    name: str
    depth: int


class _Documents:
    """Reads JSON blobs. One without the digest that it is asked for by is read all the same, and noted."""

    def __init__(self, store: Store) -> None:
        self.notes: list[tuple[str, str]] = []
        """Name -> why it was not read, or is not to be trusted."""
        self.excluded: list[str] = []
        """What is left out by rule."""
        self.store = store
        self._bytes = 0

    def read(self, blob: str, digest: str = "") -> Verified:
        """The blob's content, and the digest that it has. Raises Unavailable."""
        self._bytes += self.store.size(blob) or 0
        if self._bytes > _MAX_BYTES:
            raise Unavailable(f"more than {megabytes(_MAX_BYTES)} of manifests")
        found = read_json(self.store, blob, digest)
        if digest not in ("", found.digest):
            self.notes.append((digest, _WRONG))
        return found

    def config(self, blob: str, digest: str) -> Config:
        """An image's configuration, an empty one if it can't be read."""
        try:
            return decoded(self.read(blob, digest).data, Config)
        except Unavailable as error:
            self.notes.append((digest or blob, f"the image's configuration: {error}"))
            return Config()


class LayoutIndex(_Documents):
    """The images of an image layout."""

    def __init__(self, store: Store) -> None:
        """Raises Unavailable if there is no index."""
        super().__init__(store)
        top = decoded(self.read(INDEX).data, Document).manifests
        if top is None:
            raise Unavailable("it lists no images")
        self._top = top

    def candidates(self) -> list[Candidate]:
        """All images, also of indexes within the index."""
        found: list[Candidate] = []
        seen: set[tuple[str, str]] = set()
        waiting = [_Entry(descriptor, _name(descriptor), 0) for descriptor in reversed(self._top)]
        while waiting:
            entry = waiting.pop()
            key = (entry.descriptor.digest, entry.name)
            if key in seen:
                continue
            if len(seen) == _MAX_DOCUMENTS:
                self.notes.append((INDEX, f"more than {_MAX_DOCUMENTS:,} manifests; the rest was not read"))
                break
            seen.add(key)
            document = self._listed(entry.descriptor)
            if document is not None and document.manifests is None:
                found += self._candidate(entry, document)
            elif document is not None and entry.depth == _MAX_DEPTH:
                self.notes.append((key[0], f"more than {_MAX_DEPTH} indexes within one another"))
            elif document is not None:
                waiting += _within(entry, document)
        return found

    def load(self, chosen: Candidate) -> Image:
        """The chosen image. Raises Unavailable."""
        document = decoded(self.read(Descriptor(chosen.digest).blob, chosen.digest).data, Document)
        layers = document.layers or ()
        described = document.config
        config = self.config(described.blob, described.digest) if described else Config()
        return Image(
            layers=tuple(
                Layer(
                    blob=_blob(layer),
                    label=layer.digest[:_LONGEST_NAME],
                    digest=layer.digest,
                    size=layer.size,
                    media_type=layer.media_type,
                )
                for layer in layers
            ),
            start=config.start,
            digest=chosen.digest,
            config_digest=described.digest if described else "",
            created=days.of_text(config.created or ""),
        )

    def _listed(self, descriptor: Descriptor) -> Document | None:
        """What an index lists, None if it can't be read or need not be."""
        name = descriptor.digest[:_LONGEST_NAME]
        if _ATTESTATION in (descriptor.annotations or {}) and str(descriptor.platform) == _NO_PLATFORM:
            self.excluded.append(f"{name} (an attestation)")
            return None
        try:
            # An index keeps naming the builds for other platforms when the image is saved without them.
            if descriptor.platform is not None and self.store.size(descriptor.blob) is None:
                self.excluded.append(
                    f"{str(descriptor.platform)[:_LONGEST_NAME]} (named in the index, not saved with it)"
                )
                return None
            return decoded(self.read(descriptor.blob, descriptor.digest).data, Document)
        except Unavailable as error:
            self.notes.append((name, str(error)))
            return None

    def _candidate(self, entry: _Entry, document: Document) -> Iterator[Candidate]:
        described = document.config
        digest = entry.descriptor.digest
        if described is None or document.layers is None:
            self.notes.append((digest, "it is neither a manifest nor an index"))
        elif document.artifact_type or described.media_type not in _CONFIGS:
            kind = document.artifact_type or described.media_type
            self.notes.append((digest, f"it is no container image, but of the kind {kind[:_LONGEST_NAME]}"))
        else:
            platform = entry.descriptor.platform
            said = str(platform) if platform else self._platform(described)
            yield Candidate(digest, (entry.name,) if entry.name else (), said[:_LONGEST_NAME])

    def _platform(self, described: Descriptor) -> str:
        try:
            return decoded(self.read(described.blob).data, Config).platform
        except Unavailable:  # noted if it is the image that is chosen
            return ""


class SavedList(_Documents):
    """The images that `docker save` wrote."""

    def __init__(self, store: Store) -> None:
        """Raises Unavailable if there is no list of them."""
        super().__init__(store)
        self._entries = decoded(self.read(LIST).data, tuple[Saved, ...])
        if not self._entries:
            raise Unavailable("it lists no images")
        if len(self._entries) > _MAX_DOCUMENTS:
            self.notes.append((LIST, f"more than {_MAX_DOCUMENTS:,} images; the rest was not read"))
            self._entries = self._entries[:_MAX_DOCUMENTS]

    def candidates(self) -> list[Candidate]:
        """All images."""
        return [
            Candidate(
                self._digest_of(entry),
                tuple(tag[:_LONGEST_NAME] for tag in entry.repo_tags or ()),
                self._platform(entry),
            )
            for entry in self._entries
        ]

    def load(self, chosen: Candidate) -> Image:
        """The chosen image."""
        entry = next(entry for entry in self._entries if self._digest_of(entry) == chosen.digest)
        config = self.config(entry.config, _digest(entry.config))
        layers = entry.layers or ()
        known = config.diff_ids if len(config.diff_ids) == len(layers) else ("",) * len(layers)
        return Image(
            layers=tuple(
                Layer(blob=name, label=name[:_LONGEST_NAME], diff_id=diff_id)
                for name, diff_id in zip(layers, known, strict=True)
            ),
            start=config.start,
            digest=chosen.digest,
            config_digest=chosen.digest,
            created=days.of_text(config.created or ""),
        )

    def names(self, image: Image) -> bool:
        """True if that image is one of these: the same configuration and the same layers."""
        return any(
            self._digest_of(entry) == image.config_digest
            and [_digest(name) for name in entry.layers or ()] == [layer.digest for layer in image.layers]
            for entry in self._entries
        )

    def _digest_of(self, entry: Saved) -> str:
        try:
            return _digest(entry.config) or self.read(entry.config).digest
        except Unavailable:
            return entry.config[:_LONGEST_NAME]

    def _platform(self, entry: Saved) -> str:
        if len(self._entries) == 1:
            return ""
        try:
            return decoded(self.read(entry.config).data, Config).platform[:_LONGEST_NAME]
        except Unavailable:  # noted if it is the image that is chosen
            return ""


def _name(descriptor: Descriptor) -> str:
    return descriptor.name[:_LONGEST_NAME]


def _within(entry: _Entry, document: Document) -> Iterator[_Entry]:
    for descriptor in reversed(document.manifests or ()):
        yield _Entry(descriptor, _name(descriptor) or entry.name, entry.depth + 1)


def _blob(layer: Descriptor) -> str:
    """Name of the layer's blob, "" if its digest is none."""
    try:
        return layer.blob
    except Unavailable:
        return ""


def _digest(name: str) -> str:
    """The digest that a blob's name in an archive gives, "" if it gives none."""
    match = _SHA256.fullmatch(name)
    return f"sha256:{match[1]}" if match else ""

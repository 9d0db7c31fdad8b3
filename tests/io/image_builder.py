"""Container images made byte by byte, as each of the tools that write them lays them out."""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Sequence
from typing import Any

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar"
Entry = tuple[str, bytes] | tuple[str, bytes, bytes] | tuple[str, bytes, bytes, str]
Files = dict[str, bytes]


def layer(*entries: Entry) -> bytes:
    """A layer's tar: each entry is a name and content, and may have a type and where it links to."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data, *more in entries:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            if more:
                info.type = more[0]
            if len(more) > 1:
                info.linkname = more[1]
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def folder(name: str) -> Entry:
    """An entry that is a folder."""
    return name, b"", tarfile.DIRTYPE


def symlink(name: str, end: str) -> Entry:
    """An entry that is a symbolic link."""
    return name, b"", tarfile.SYMTYPE, end


def hardlink(name: str, end: str) -> Entry:
    """An entry that is a hard link."""
    return name, b"", tarfile.LNKTYPE, end


def sha256(data: bytes) -> str:
    """The digest as images spell it."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def config(layers: Sequence[bytes], **more: Any) -> bytes:
    """An image's configuration for layers that are not compressed."""
    said = {"os": "linux", "architecture": "amd64", "config": {"Cmd": ["serve"]}} | more
    return json.dumps(said | {"rootfs": {"type": "layers", "diff_ids": [sha256(data) for data in layers]}}).encode()


class Layout:
    """An OCI image layout in the making."""

    def __init__(self) -> None:
        self.files: Files = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}'}
        self.top: list[dict[str, Any]] = []

    def blob(self, data: bytes, media_type: str, **more: Any) -> dict[str, Any]:
        """Adds a blob; its descriptor."""
        digest = sha256(data)
        self.files[f"blobs/{digest.replace(':', '/')}"] = data
        return {"mediaType": media_type, "digest": digest, "size": len(data)} | more

    def manifest(
        self, layers: Sequence[bytes], *, compress: str = "", media_type: str = "", platform: str = "", name: str = "",
        **more: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """Adds an image; its descriptor."""
        said = config(layers, **({"architecture": platform.split("/")[1]} if platform else {}), **more)
        kind = media_type or OCI_LAYER + (f"+{compress}" if compress else "")
        document = {
            "schemaVersion": 2, "mediaType": OCI_MANIFEST,
            "config": self.blob(said, OCI_CONFIG),
            "layers": [self.blob(packed(data, compress), kind) for data in layers],
        }  # fmt: skip
        descriptor = self.blob(json.dumps(document).encode(), OCI_MANIFEST)
        if platform:
            system, architecture, *variant = platform.split("/")
            descriptor["platform"] = {"os": system, "architecture": architecture, "variant": (*variant, None)[0]}
        if name:
            descriptor["annotations"] = {"org.opencontainers.image.ref.name": name}
        return descriptor

    def index(self, descriptors: Sequence[dict[str, Any]], **more: Any) -> dict[str, Any]:
        """Adds an index; its descriptor."""
        document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": list(descriptors)}
        return self.blob(json.dumps(document).encode(), OCI_INDEX, **more)

    def done(self, *descriptors: dict[str, Any]) -> Files:
        """The layout's files, with these in its index."""
        self.files["index.json"] = json.dumps({"schemaVersion": 2, "manifests": descriptors}).encode()
        return self.files


def packed(data: bytes, compress: str) -> bytes:
    """The data as it is, or compressed."""
    if compress == "zstd":
        import sys

        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
        return zstd.compress(data)
    return gzip.compress(data, mtime=0) if compress else data


def oci(*layers: bytes, compress: str = "gzip", **more: Any) -> Files:
    """An image layout of one image."""
    layout = Layout()
    return layout.done(layout.manifest(layers, compress=compress, **more))


def saved_old(*layers: bytes, tags: Sequence[str] = ("server:1",), **more: Any) -> Files:
    """What `docker save` wrote up to version 24: a folder a layer, the list last."""
    said = config(layers, **more)
    names = [f"{hashlib.sha256(b'id' + data).hexdigest()}/layer.tar" for data in layers]
    listed = {"Config": f"{sha256(said)[7:]}.json", "RepoTags": list(tags), "Layers": names}
    return {
        **dict(zip(names, layers, strict=True)),
        listed["Config"]: said,
        "manifest.json": json.dumps([listed]).encode(),
        "repositories": b"{}",
    }


def saved_new(*layers: bytes) -> Files:
    """What `docker save` writes since version 25: an image layout that has the old list too."""
    layout = Layout()
    files = layout.done(layout.manifest(layers, name="1"))
    said = config(layers)
    blobs = [f"blobs/{sha256(data).replace(':', '/')}" for data in (said, *layers)]
    listed = {"Config": blobs[0], "RepoTags": ["server:1"], "Layers": blobs[1:]}
    return files | {"manifest.json": json.dumps([listed]).encode()}


def archive(files: Files) -> bytes:
    """The image's files as a tar, in the order given."""
    return layer(*files.items())

"""A container image -> the packages that are installed in it, and their files, layer by layer and without an engine."""

import re
from collections.abc import Mapping
from pathlib import Path

from gnomon.audit.evidence import Holding
from gnomon.audit.inventory import Inventory, once
from gnomon.core.finding import Skipped
from gnomon.core.package import Package
from gnomon.core.purl import pypi
from gnomon.core.tree import SourceFile, Tree
from gnomon.io import archives, images
from gnomon.io.limits import Limits
from gnomon.io.metadata import named, recorded

_METADATA = re.compile(
    r"(?:(.*)/)?((?:site-packages|dist-packages)/)[^/]+(?:\.dist-info/(?:METADATA|RECORD|top_level\.txt)|\.egg-info/(?:PKG-INFO|top_level\.txt))"
)
_HEAD = ("METADATA", "PKG-INFO")


def read_image(target: str, limits: Limits) -> Inventory | None:
    """The packages of an image; None if the target is none. Raises TargetError, OSError."""
    path, wanted = (Path(target), "") if Path(target).exists() else _split(target)
    also = images.Also(wanted=lambda name: _METADATA.fullmatch(name) is not None, found={})
    if path.is_dir():
        if not (path / "oci-layout").is_file() or not images.is_layout(path):
            return None
        tree: Tree | None = images.read_layout(path, target, wanted, limits, also)
    elif path.is_file() and archives.format_of(path) == "tar":
        tree = images.read_tar(path, target, wanted, limits, also)
    else:
        return None
    return None if tree is None else _inventory(tree, also.found)


def _split(target: str) -> tuple[Path, str]:
    path, wanted = images.split(target)
    return Path(path), wanted


def _inventory(tree: Tree, metadata: Mapping[str, bytes]) -> Inventory:
    found: list[Package] = []
    skipped = list(tree.skipped)
    for path in sorted(metadata):
        folder, _, name = path.rpartition("/")
        if name not in _HEAD:
            continue
        release = named(metadata[path])
        if release is None:
            skipped.append(Skipped(path=path, reason="its metadata names no package"))
            continue
        found.append(Package(purl=pypi(release.name, release.version), naming="installed", where=folder, files=folder))
    by_path = {file.path: file for file in tree.files}

    def holding(package: Package) -> Holding:
        return _holding(package, by_path, tree, metadata)

    return Inventory(
        target=tree.target,
        kind="container image",
        packages=once(found),
        skipped=tuple(skipped),
        digest=tree.digest,
        holding=holding,
    )


def _holding(package: Package, by_path: Mapping[str, SourceFile], tree: Tree, metadata: Mapping[str, bytes]) -> Holding:
    """The package's files in the image: those of its list, or of the modules that are named like it."""
    site = package.files.rpartition("/")[0]
    listed = recorded(metadata.get(f"{package.files}/RECORD", b""))
    if listed:
        paths = {f"{site}/{path}": digest for path, digest in listed.items()}
        files = tuple(by_path[path] for path in sorted(paths.keys() & by_path.keys()))
        kept = {file.path: paths[file.path] for file in files if paths[file.path]}
    else:
        tops = metadata.get(f"{package.files}/top_level.txt", b"").decode("utf-8", "replace").split() or [
            package.purl.name.replace("-", "_")
        ]
        starts = tuple(f"{site}/{top}{end}" for top in tops for end in ("/", ".py"))
        files, kept = tuple(file for path, file in sorted(by_path.items()) if path.startswith(starts)), {}
    inner = tuple(entry for entry in tree.skipped if entry.path.startswith(f"{site}/") or entry.path == ".")
    return Holding(tree=Tree(target=tree.target, files=files, skipped=inner, digest=tree.digest), recorded=kept)

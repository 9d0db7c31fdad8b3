"""Wheels and source releases -> the packages that they are, by the metadata in them."""

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

from gnomon.audit.evidence import Holding
from gnomon.audit.inventory import Inventory, once
from gnomon.core.errors import TargetError
from gnomon.core.finding import Skipped
from gnomon.core.package import Package
from gnomon.core.purl import pypi
from gnomon.core.tree import Tree
from gnomon.io import tars
from gnomon.io.archives import format_of, read_archive
from gnomon.io.inflate import Budget, Damage, Inflated, TooMuch
from gnomon.io.limits import Limits
from gnomon.io.metadata import HEAD_BYTES, Named, named
from gnomon.io.zips import DAMAGE

_DEFLATED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def is_release(name: str) -> bool:
    """True for a file that is called as wheels and source releases are."""
    return _by_name(name) is not None


def read_releases(files: Mapping[str, Path], target: str, kind: str, limits: Limits, digest: str = "") -> Inventory:
    """The packages that the files are, by what they are called; what is none is listed as skipped."""
    found: list[Package] = []
    skipped: list[Skipped] = []
    for where, path in files.items():
        try:
            release = _inside(path, limits) or _by_name(where)
        except (*DAMAGE, *Damage, tars.Torn, TooMuch) as error:
            skipped.append(Skipped(path=where, reason=f"it can't be read as a release: {error}"))
            continue
        if release is None or not release.version:
            skipped.append(Skipped(path=where, reason="nothing in it, and not its name, tells which release it is"))
            continue
        found.append(Package(purl=pypi(release.name, release.version), naming="archive", where=where, files=where))

    def holding(package: Package) -> Holding:
        name = package.files
        try:
            return Holding(tree=read_archive(files[name], name, limits))
        except (TargetError, OSError) as error:
            problem = (
                error.problem if isinstance(error, TargetError) else (error.strerror or "it can't be read").lower()
            )
            return Holding(tree=Tree(target=name, files=(), skipped=(Skipped(path=name, reason=problem),)))

    return Inventory(
        target=target, kind=kind, packages=once(found), skipped=tuple(skipped), digest=digest, holding=holding
    )


def _by_name(name: str) -> Named | None:
    try:
        if name.endswith(".whl"):
            project, version, _, _ = parse_wheel_filename(name)
        else:
            project, version = parse_sdist_filename(name.replace(".tgz", ".tar.gz"))
    except (InvalidWheelFilename, InvalidSdistFilename, ValueError):
        return None
    return Named(project, str(version))


def _inside(path: Path, limits: Limits) -> Named | None:
    """As the metadata in the archive has it. Raises what the formats raise for damage."""
    form = format_of(path)
    if form == "zip":
        return _in_zip(path)
    return _in_tar(path, limits) if form == "tar" else None


def _in_zip(path: Path) -> Named | None:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            folder, _, name = info.filename.rpartition("/")
            wheel = name == "METADATA" and folder.endswith(".dist-info") and "/" not in folder
            if not wheel and not (name == "PKG-INFO" and folder.count("/") == 0):
                continue
            if info.flag_bits & 1 or info.compress_type not in _DEFLATED:
                continue
            with archive.open(info) as entry:
                return named(entry.read(HEAD_BYTES))
    return None


def _in_tar(path: Path, limits: Limits) -> Named | None:
    with path.open("rb") as file:
        stream = Inflated(file, Budget(limits.unpacked_of(os.fstat(file.fileno()).st_size)))
        for member in tars.members(stream, limits.max_files):
            if member.kind == "file" and member.name.count("/") <= 1 and member.name.rpartition("/")[2] == "PKG-INFO":
                return named(stream.read(min(member.size, HEAD_BYTES)))
    return None

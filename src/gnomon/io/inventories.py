"""What a user names -> an `Inventory`: an environment, releases, lists, locks, bills of materials, an image."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gnomon.audit.inventory import Inventory, once
from gnomon.core.errors import NothingToScan, TargetError
from gnomon.core.finding import Remark
from gnomon.io import bills, conda_lists, files, installed, lock_files, release_files
from gnomon.io.archives import format_of
from gnomon.io.limits import DEFAULT, Limits
from gnomon.io.requirement_lists import Listed, read_list

if TYPE_CHECKING:
    from gnomon.io.pypi import Release

TARGETS = (
    "an environment, an interpreter, a wheel or sdist or a folder of them, requirements.txt, pyproject.toml, a lock "
    "file, a list of conda packages, a CycloneDX or SPDX document in JSON, a container image, or pypi:NAME==VERSION"
)
_BILLS_IN_XML = (b"cyclonedx", b"spdx")
_HEAD_BYTES = 65_536
_RELEASE = "pypi:"
_REQUIREMENTS = re.compile(r"(?:.*[._-])?(?:requirements|constraints)(?:[._-].*)?\.(?:txt|in)", re.IGNORECASE)
_BILL = re.compile(r"(?:.*[._-])?(?:bom|cdx|spdx|sbom)\.json", re.IGNORECASE)


def read_inventory(target: str, *, limits: Limits = DEFAULT) -> Inventory:
    """The packages of the target. Raises TargetError, or NothingToScan if there are none."""
    inventory = _release(target, limits) if target.startswith(_RELEASE) else _path(target, limits)
    if not inventory.packages and not inventory.skipped:
        raise NothingToScan(f"{target} names no package.", remedy=f"name {TARGETS}")
    return inventory


def _release(target: str, limits: Limits) -> Inventory:
    from gnomon.io import pypi  # here, since only releases need the network

    return release_inventory(pypi.download(target.removeprefix(_RELEASE), limits.max_download_bytes), target, limits)


def release_inventory(release: "Release", target: str, limits: Limits = DEFAULT) -> Inventory:
    """The package that a downloaded release is."""
    files = {release.filename: release.path}  # a download is kept under its hash
    inventory = release_files.read_releases(files, target, "release", limits, f"sha256:{release.sha256}")
    return replace(inventory, target=f"{_RELEASE}{release.name}=={release.version}")


def _path(target: str, limits: Limits) -> Inventory:
    path = Path(target or ".")
    try:
        if installed.is_environment(path):
            return installed.read_environment(path, target, limits)
        if path.is_dir():
            return _image(target, limits) or _folder(path, target, limits)
        if path.is_file():
            return _file(path, target, limits)
        image = _image(target, limits) if ":" in target else None
    except OSError as error:
        raise TargetError(f"{target} can't be read: {files.reason(error)}.", remedy=f"name {TARGETS}") from None
    except (ValueError, files.Unreadable) as error:  # ValueError: a NUL in a name
        raise TargetError(f"{target} can't be read: {error}.", remedy=f"name {TARGETS}") from None
    if image is None:
        raise TargetError(f"{target} does not exist.", remedy=f"name {TARGETS}")
    return image


def _image(target: str, limits: Limits) -> Inventory | None:
    from gnomon.io import image_packages  # here, since few targets are images

    return image_packages.read_image(target, limits)


def _folder(path: Path, target: str, limits: Limits) -> Inventory:
    """Releases that lie in a folder, or what a project's folder has of lists: its locks, if there are any."""
    entries = sorted(each for each in path.iterdir() if each.is_file())
    releases = [each for each in entries if release_files.is_release(each.name)]
    locks = [each for each in entries if lock_files.is_lock(each.name)]
    lists = [each for each in entries if _reader(each) is not None and each not in locks]
    if releases and not locks and not lists:
        found = {each.name: each for each in releases}
        return release_files.read_releases(found, target, "folder of releases", limits)
    chosen = locks or lists
    if not chosen:
        raise NothingToScan(f"there is no environment, and no list of packages, in {target}.", remedy=f"name {TARGETS}")
    parts = [(_listed(each, each.name), each.name) for each in chosen]
    remarks = [Remark(path=each.name, note=f"left out, since there is {locks[0].name}") for each in lists if locks]
    remarks += [
        Remark(path=each.name, note=f"an environment lies in it: gnomon audit {path / each.name}")
        for each in sorted(path.iterdir())
        if each.is_dir() and (each / "pyvenv.cfg").is_file()
    ]
    return _joined(target, "project", parts, remarks)


def _file(path: Path, target: str, limits: Limits) -> Inventory:
    reader = _reader(path)
    if reader is not None:
        return _joined(target, path.name, [(_listed(path, path.name), path.name)], [])
    head = files.head(str(path.resolve()), _HEAD_BYTES)
    if bills.is_bill(head) or _BILL.fullmatch(path.name):
        return _bill(path, target)
    if conda_lists.is_conda(path.name, head):
        return _conda(path, target)
    form = format_of(path)
    if form:
        image = _image(target, limits) if form == "tar" else None
        return image or release_files.read_releases({path.name: path}, target, "release", limits)
    if path.suffix in (".txt", ".in"):
        return _joined(target, path.name, [(read_list(path, path.name), path.name)], [])
    if head.lstrip().startswith(b"<") and any(mark in head.lower() for mark in _BILLS_IN_XML):
        raise TargetError(
            f"{target} is a bill of materials in XML, and gnomon reads those in JSON.",
            remedy="have it made as JSON, or converted: cyclonedx convert --output-format json",
        )
    raise TargetError(f"{target} is nothing that names packages.", remedy=f"name {TARGETS}")


def _reader(path: Path) -> Callable[[Path, str], Listed] | None:
    """What reads a list of that name; None if the name does not tell."""
    if lock_files.is_lock(path.name) or path.name == "pyproject.toml":
        return lock_files.read_lock
    if _REQUIREMENTS.fullmatch(path.name):
        head = files.head(str(path.resolve()), _HEAD_BYTES)
        return conda_lists.read_conda if b"@EXPLICIT" in head else read_list
    if conda_lists.is_conda(path.name, b""):
        return conda_lists.read_conda
    return None


def _listed(path: Path, where: str) -> Listed:
    reader = _reader(path) or read_list
    return reader(path, where)


def _bill(path: Path, target: str) -> Inventory:
    try:
        kind, listed = bills.read_bill(path, path.name)
    except bills.NoBill as error:
        raise TargetError(
            f"{target} can't be read as a bill of materials: {error}.", remedy="write it as JSON"
        ) from None
    return _joined(target, kind, [(listed, path.name)], [])


def _conda(path: Path, target: str) -> Inventory:
    return _joined(target, path.name, [(conda_lists.read_conda(path, path.name), path.name)], [])


def _joined(target: str, kind: str, parts: list[tuple[Listed, str]], remarks: list[Remark]) -> Inventory:
    packages = [
        replace(package, why_no_files="a list names packages, and has no files")
        for listed, _ in parts
        for package in listed.packages
    ]
    skipped = tuple(entry for listed, _ in parts for entry in listed.skipped)
    if any(conda_lists.is_conda(name, b"") for _, name in parts):
        remarks = [*remarks, Remark(note=conda_lists.REMARK)]
    return Inventory(target=target, kind=kind, packages=once(packages), skipped=skipped, remarks=tuple(remarks))

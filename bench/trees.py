"""The Python files of an archive as a folder, for tools that can't read archives; nothing else is unpacked."""

import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath


def python_tree(archive: Path, cache: Path) -> Path:
    """Folder holding the archive's .py files at their paths in the archive; made once, then reused."""
    folder = cache / "trees" / archive.name
    if not folder.exists():
        part = folder.with_name(folder.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        for name, data in python_files(archive):
            target = part / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        part.rename(folder)
    return folder


def python_files(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of each .py member whose name stays inside the folder."""
    members = _zip_members(archive) if zipfile.is_zipfile(archive) else _tar_members(archive)
    return ((name, data) for name, data in members if _stays_inside(name))


def _zip_members(archive: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            if info.filename.endswith(".py"):
                yield info.filename, opened.read(info)


def _tar_members(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive, "r|*") as opened:
        for member in opened:
            stream = opened.extractfile(member) if member.isfile() and member.name.endswith(".py") else None
            if stream is not None:
                yield member.name, stream.read()


def _stays_inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and ".." not in parts and "\\" not in name

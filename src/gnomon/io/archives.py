"""An archive -> the Python in it and what deploys it, streamed.

Nothing is ever written to disk, and an entry's name is only a name.
"""

import hashlib
import os
import zipfile
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from gnomon.core.errors import TargetError
from gnomon.core.tree import Provenance, Tree
from gnomon.io import names, tars, zips
from gnomon.io.days import Newest
from gnomon.io.inflate import Budget, Damage, Inflated, TooMuch
from gnomon.io.intake import Intake
from gnomon.io.limits import Limits, too_large

_SUFFIXES = (
    ".whl", ".egg", ".zip", ".pyz", ".pex",
    ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz",
)  # fmt: skip
_ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
COMPRESSED_MAGICS = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")
_TAR_MAGIC, _TAR_MAGIC_AT = b"ustar", 257
_HEAD_BYTES = 512
_SHEBANG_BYTES = 128


def format_of(path: Path) -> Literal["zip", "tar", ""]:
    """What the file is by its content, "" for something else. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(_ZIP_MAGICS):
        return "zip"
    if head.startswith(COMPRESSED_MAGICS) or head[_TAR_MAGIC_AT:].startswith(_TAR_MAGIC):
        return "tar"
    # A zip may have anything before it: a program that unpacks it, or the first line of a script.
    return "zip" if named_like_archive(path.name) and zipfile.is_zipfile(path) else ""


def named_like_archive(name: str) -> bool:
    """True if the name promises an archive that gnomon reads."""
    return name.lower().endswith(_SUFFIXES)


def read_archive(path: Path, target: str, limits: Limits, digest: str = "") -> Tree:
    """Every Python file in the archive. Raises TargetError if it is none, OSError if it can't be read.

    `digest` spares computing it again where the content was verified already.
    """
    intake, newest = Intake(limits), Newest()
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if not digest:
            digest = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
            file.seek(0)
        try:
            if format_of(path) == "zip":
                zips.read_zip(file, size, intake, newest)
            else:
                _read_tar(Inflated(file, Budget(limits.unpacked_of(size))), intake, newest)
        except TooMuch as error:
            intake.stop(str(error))
        except (*zips.DAMAGE, *Damage, tars.Torn) as error:
            raise TargetError(
                f"{target} can't be read as an archive: {error}.", remedy="download it again, or scan a folder"
            ) from None
    return replace(intake.tree(target, digest), origin=_dated(newest.day))


def _dated(day: str) -> Provenance:
    return Provenance(date=day, basis="newest file in the archive" if day else "")


def _read_tar(stream: Inflated, intake: Intake, newest: Newest) -> None:
    """Takes in every Python member; if the archive is torn, those before. Raises Torn or Damage if it is no tar."""
    first = True
    try:
        for member in tars.members(stream, intake.limits.max_files):
            first = False
            path = names.inside(member.name)
            if member.kind == "folder":
                continue
            newest.note(member.modified)
            if path is None:
                intake.refuse(member.name)
            elif member.kind == "file":
                _read_member(stream, member, path, intake)
            else:
                _note_special(member, path, intake)
            if intake.full:
                return
    except (*Damage, tars.Torn) as error:
        if first:
            raise
        intake.skip(".", f"the archive is damaged: {error}")


def _read_member(stream: Inflated, member: tars.Member, path: str, intake: Intake) -> None:
    kind = names.kind_of(path)
    if kind == "package":
        intake.skip(path, "an archive within the archive is not opened")
    if kind in ("package", "other"):
        return
    if kind == "deployment":
        _read_deployment(stream, member, path, intake)
        return
    head = stream.read(min(member.size, _SHEBANG_BYTES))
    if kind == "script" and not names.is_script(head):
        return
    if member.size > intake.limit_of(kind):
        intake.skip(path, too_large(member.size, intake.limit_of(kind)))
        return
    data = head + stream.read(member.size - len(head))
    if len(data) == member.size:
        intake.take(path, data, kind)
    else:
        intake.skip(path, "the archive ends in the middle of it")


def _read_deployment(stream: Inflated, member: tars.Member, path: str, intake: Intake) -> None:
    """As `_read_member`; of a file that is too large the beginning tells whether it deploys anything."""
    wanted = min(member.size, intake.limit_of("deployment") + 1)
    data = stream.read(wanted)
    if len(data) == wanted:
        intake.take(path, data, "deployment")
    elif names.named_deployment(path):
        intake.skip(path, "the archive ends in the middle of it")


def _note_special(member: tars.Member, path: str, intake: Intake) -> None:
    """Lists what is named like Python and no plain file, and what leads out of the archive."""
    kind = names.kind_of(path)
    if member.kind == "special":
        if kind in ("python", "notebook"):
            intake.skip(path, "a device, pipe or sparse file")
        return
    end = names.link_end(path, member.link) if member.kind == "symlink" else names.inside(member.link)
    if end is None and names.may_hold_python(path):
        intake.skip(path, f"a link out of the archive, to {member.link}, is not followed")

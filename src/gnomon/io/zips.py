"""A zip's entries -> an intake, each inflated only as far as the limits allow, whatever it declares."""

import stat
import struct
import zipfile
import zlib
from typing import BinaryIO

from gnomon.io import names
from gnomon.io.days import Newest
from gnomon.io.inflate import Budget, TooMuch
from gnomon.io.intake import Intake
from gnomon.io.limits import too_large
from gnomon.io.names import Kind

_SHEBANG_BYTES = 128
_PIECE = 1 << 16
_LONGEST_LINK = 4096
_BYTES_PER_ENTRY = 100
"""Of the list at the end: 46, the name, and what a tool adds."""
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    struct.error,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
"""What zipfile raises on damaged entries: RuntimeError for passwords, NotImplementedError for unknown methods."""
_IN_ZIP64 = 0xFFFF_FFFF
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


def read_zip(file: BinaryIO, size: int, intake: Intake, newest: Newest) -> None:
    """Takes in every Python entry, and notes the times of all.

    Raises zipfile.BadZipFile if it is no zip, TooMuch if it unpacks to too much.
    """
    limits = intake.limits
    if directory_bytes(file, size) > limits.max_files * _BYTES_PER_ENTRY:
        raise TooMuch(f"it lists more than {limits.max_files:,} entries; none was read")
    budget = Budget(limits.unpacked_of(size))
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            if intake.full:
                return
            if info.filename.endswith("/"):
                continue
            newest.note_parts(info.date_time)
            path = names.inside(info.filename)
            if path is None:
                intake.refuse(info.filename)
            else:
                _read_entry(archive, info, path, intake, budget)


def directory_bytes(file: BinaryIO, size: int) -> int:
    """Size of the list of entries as the archive's last records have it, 0 if there is no such record.

    zipfile reads the whole list before it gives the first entry, so that its size has to be known before.
    """
    file.seek(max(size - 66_000, 0))  # the last record may end in a comment of 65,535 bytes
    tail = file.read()
    at, at_64 = tail.rfind(b"PK\x05\x06"), tail.rfind(b"PK\x06\x06")
    declared = 0
    if 0 <= at <= len(tail) - _END.size:
        declared = _END.unpack_from(tail, at)[5]
        declared = 0 if declared == _IN_ZIP64 else declared
    if 0 <= at_64 <= len(tail) - _END_64.size:
        declared = max(declared, _END_64.unpack_from(tail, at_64)[8])
    return declared


def _read_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, intake: Intake, budget: Budget) -> None:
    kind = names.kind_of(path)
    mode = info.external_attr >> 16
    try:
        if stat.S_ISLNK(mode):
            _note_link(_inflate(archive, info, _LONGEST_LINK, budget), path, intake)
        elif kind == "package":
            intake.skip(path, "an archive within the archive is not opened")
        elif kind != "other" and (kind != "script" or names.is_script(_inflate(archive, info, _SHEBANG_BYTES, budget))):
            _take(archive, info, path, kind, intake, budget)
    except DAMAGE as error:
        if kind != "script" and (kind != "deployment" or names.named_deployment(path)):
            intake.skip(path, f"damaged: {error}")


def _take(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, kind: Kind, intake: Intake, budget: Budget
) -> None:
    limit = intake.limit_of(kind)
    if kind == "deployment" and not names.named_deployment(path) and info.flag_bits & _ENCRYPTED:
        return
    if info.flag_bits & _ENCRYPTED:
        intake.skip(path, "encrypted")
    elif info.compress_type not in _METHODS:
        # zipfile can't bound what a step of the other methods inflates to.
        intake.skip(path, f"compressed by method {info.compress_type}; only deflate is read")
    elif info.file_size > limit and kind != "deployment":
        intake.skip(path, too_large(info.file_size, limit))
    else:
        intake.take(path, _inflate(archive, info, limit + 1, budget), kind)


def _inflate(archive: zipfile.ZipFile, info: zipfile.ZipInfo, size: int, budget: Budget) -> bytes:
    """Up to `size` bytes of the entry."""
    if info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS:
        return b""
    parts = []
    with archive.open(info) as entry:
        while size > 0 and (part := entry.read(min(size, _PIECE))):
            budget.spend(len(part))
            size -= len(part)
            parts.append(part)
    return b"".join(parts)


def _note_link(end: bytes, path: str, intake: Intake) -> None:
    link = end.decode("utf-8", "surrogateescape")
    if names.may_hold_python(path) and names.link_end(path, link) is None:
        intake.skip(path, f"a link out of the archive, to {link}, is not followed")

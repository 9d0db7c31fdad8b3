"""Any bytes are a tar that is read to its end or to its damage."""

import contextlib
import io
import tarfile

from gnomon.core.errors import TargetError
from gnomon.io.archives import read_archive
from gnomon.io.limits import Limits
from gnomon.io.names import inside
from tests.fuzz.anonymous import with_file

_LIMITS = Limits(max_file_bytes=5_000, max_files=50, max_inflated_bytes=1_000_000)


def _tar(form: int, mode: str = "w") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode, format=form) as archive:
        for name in ("a.py", "d/" * 60 + "b.py", "bin/run", "c.ipynb", "p-1.0-py3-none-any.whl", "../x.py"):
            info = tarfile.TarInfo(name)
            info.size = 20
            archive.addfile(info, io.BytesIO(b"#!/usr/bin/python\n  "))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo("link.py")
            info.type, info.linkname = kind, "/etc/x" * 16
            archive.addfile(info)
    return file.getvalue()


SEEDS = (_tar(tarfile.GNU_FORMAT), _tar(tarfile.PAX_FORMAT), _tar(tarfile.USTAR_FORMAT)[:3000])


def once(data: bytes) -> None:
    """Every path stays inside, and nothing but a refusal is raised."""
    with contextlib.suppress(TargetError):
        with_file(_checked(data), _read)


def _checked(data: bytes) -> bytes:
    """With the checksums of its headers put right, or nothing behind them would ever be read."""
    blocks = [bytearray(data[at : at + 512]) for at in range(0, len(data), 512)]
    for block in blocks:
        if block[257:262] == b"ustar":
            block[148:156] = b" " * 8
            block[148:156] = b"%06o\0 " % sum(block)
    return b"".join(blocks)


def _read(path) -> None:
    tree = read_archive(path, "t", _LIMITS)
    assert all(inside(file.path) == file.path for file in tree.files)
    assert all(len(file.data) <= _LIMITS.max_file_bytes or file.path.endswith(".ipynb") for file in tree.files)

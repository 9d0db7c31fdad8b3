"""Any bytes are a zip whose entries are read or listed, or none."""

import contextlib
import io
import zipfile

from gnomon.core.errors import TargetError
from gnomon.io.archives import read_archive
from gnomon.io.limits import Limits
from gnomon.io.names import inside
from tests.fuzz.anonymous import with_file

_LIMITS = Limits(max_file_bytes=5_000, max_files=50, max_inflated_bytes=1_000_000)


def _zip(method: int, comment: bytes = b"") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name in ("a.py", "b/c.py", "bin/run", "c.ipynb", "p-1.0-py3-none-any.whl", "../x.py", "d/"):
            archive.writestr(name, b"#!/usr/bin/python\nx = 1\n" * 5)
        link = zipfile.ZipInfo("link.py")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc")
        archive.comment = comment
    return file.getvalue()


SEEDS = (_zip(zipfile.ZIP_STORED), _zip(zipfile.ZIP_DEFLATED), _zip(zipfile.ZIP_BZIP2, b"PK\x05\x06" * 10))


def once(data: bytes) -> None:
    """Every path stays inside, and nothing but a refusal is raised."""
    with contextlib.suppress(TargetError):
        with_file(b"PK\x03\x04" + data[4:], _read)


def _read(path) -> None:
    tree = read_archive(path, "t", _LIMITS)
    assert all(inside(file.path) == file.path for file in tree.files)
    assert all(len(file.data) <= _LIMITS.max_file_bytes or file.path.endswith(".ipynb") for file in tree.files)

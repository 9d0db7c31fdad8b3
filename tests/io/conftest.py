"""Archives made in memory, and a package index that really answers."""

import io
import tarfile
import zipfile
from collections.abc import Callable, Iterator

import pytest

from tests import package_index

SOURCE = b"import zmq\n"


def _tar(entries: dict[str, bytes], mode: str = "w:gz") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:
        for name, data in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def _zip(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return file.getvalue()


@pytest.fixture(scope="session")
def source() -> bytes:
    """A line of Python."""
    return SOURCE


@pytest.fixture(scope="session")
def tar() -> Callable[..., bytes]:
    """Bytes of a tar with these entries, compressed as `mode` says."""
    return _tar


@pytest.fixture(scope="session")
def zipped() -> Callable[..., bytes]:
    """Bytes of a zip with these entries."""
    return _zip


@pytest.fixture
def index(tmp_path, monkeypatch) -> Iterator[package_index.Index]:
    """A running index that pip is configured with, and an empty cache."""
    served = package_index.Index(tmp_path)
    with package_index.served(served):
        for name in package_index.SILENT:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")  # pip's word for: read no file
        monkeypatch.setenv("PIP_INDEX_URL", served.url)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        monkeypatch.setenv("GNOMON_CACHE_DIR", str(tmp_path / "cache"))
        yield served

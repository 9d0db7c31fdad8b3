"""Archives made in memory, and a package index that really answers."""

import contextlib
import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

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


class Index:
    """A package index on this machine: files by project, and how it answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, bytes] = {}
        self.wrong_hash: set[str] = set()
        self.yanked: set[str] = set()
        self.uploaded: dict[str, str] = {}
        self.html = False
        self.status = 200
        self.busy = 0
        self.retry_after = "0"
        self.cut = 0
        self.asked: list[str] = []
        self.authorization: list[str | None] = []
        self.url = ""

    def add(self, filename: str, data: bytes) -> str:
        """Offers a file; its sha256."""
        self.files[filename] = data
        return hashlib.sha256(data).hexdigest()

    def page(self, project: str) -> tuple[str, bytes] | None:
        """Content type and body of a project's page."""
        names = [name for name in self.files if name.lower().replace("_", "-").startswith(f"{project}-")]
        if not names:
            return None
        offered = [(name, self._hash(name), name in self.yanked) for name in names]
        if self.html:
            rows = [f'<a href="/files/{n}#sha256={h}"{" data-yanked" * y}>{n}</a>' for n, h, y in offered]
            return "text/html", "\n".join(["<!DOCTYPE html>", *rows]).encode()
        listed = [
            {
                "filename": name, "url": f"../../files/{name}", "hashes": {"sha256": digest},
                "size": len(self.files[name]), "yanked": yanked,
                **({"upload-time": self.uploaded[name]} if name in self.uploaded else {}),
            }
            for name, digest, yanked in offered
        ]  # fmt: skip
        return "application/vnd.pypi.simple.v1+json", json.dumps({"name": project, "files": listed}).encode()

    def _hash(self, name: str) -> str:
        return hashlib.sha256(b"other" if name in self.wrong_hash else self.files[name]).hexdigest()


@contextlib.contextmanager
def _served(index: Index) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            index.asked.append(self.path)
            index.authorization.append(self.headers.get("Authorization"))
            if index.busy:
                index.busy -= 1
                self.send_response(429)
                self.send_header("Retry-After", index.retry_after)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            found = self._found()
            if index.status != 200 or found is None:
                self.send_error(index.status if index.status != 200 else 404)
                return
            content_type, body = found
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) - index.cut] if content_type.endswith("stream") else body)

        def _found(self) -> tuple[str, bytes] | None:
            _, place, name, *_ = [*self.path.split("/"), "", ""]
            if place == "simple":
                return index.page(name)
            return ("application/octet-stream", index.files[name]) if name in index.files else None

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    index.url = f"http://127.0.0.1:{server.server_port}/simple"
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def index(tmp_path, monkeypatch) -> Iterator[Index]:
    """A running index that pip is configured with, and an empty cache."""
    served = Index(tmp_path)
    with _served(served):
        for name in (
            "PIP_EXTRA_INDEX_URL",
            "PIP_FIND_LINKS",
            "PIP_NO_INDEX",
            "PIP_PROXY",
            "PIP_CERT",
            "GNOMON_OFFLINE",
        ):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")  # pip's word for: read no file
        monkeypatch.setenv("PIP_INDEX_URL", served.url)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        monkeypatch.setenv("GNOMON_CACHE_DIR", str(tmp_path / "cache"))
        yield served

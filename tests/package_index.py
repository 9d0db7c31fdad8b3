"""A package index on this machine that really answers, and archives for it."""

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SILENT = ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_PROXY", "PIP_CERT", "GNOMON_OFFLINE")
"""Variables that lead elsewhere."""


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
        """How many requests it answers with 429 first."""
        self.retry_after = "0"
        self.etags = False
        """Answer with 304 what is known to whoever asks."""
        self.held: str = ""
        """A file that is not sent until `released` is set."""
        self.released = threading.Event()
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
def served(index: Index) -> Iterator[None]:
    """The index answers at `index.url` until the block ends."""

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
            tag = f'"{hashlib.sha256(body).hexdigest()}"'
            if index.etags and self.headers.get("If-None-Match") == tag:
                self.send_response(304)
                self.end_headers()
                return
            if index.held and self.path.endswith(index.held):
                index.released.wait(30)
            self.send_response(200)
            if index.etags:
                self.send_header("ETag", tag)
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
        index.released.set()
        server.shutdown()
        thread.join()
        server.server_close()

"""Dask: a scheduler, workers that a nanny each looks after, TLS with certificates at every end."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from bench.fleet.nodes import Nodes, free_port

SECOND = ("second",)


class Way:
    """Tasks are futures of a client."""

    def __init__(self, nodes: Nodes, *, secure: bool) -> None:
        self.nodes = nodes
        self.options: list[object] = []
        if secure:
            self.options = ["--tls-ca-file", *certificate(nodes.folder)]
        self.address = f"{'tls' if secure else 'tcp'}://127.0.0.1:{free_port()}"
        self.secure = secure

    def begin(self) -> None:
        """A scheduler with the first worker's node, and a second node."""
        dask = Path(sys.executable).with_name("dask")
        host, _, port = self.address.rpartition(":")
        listening = ["--host", host, "--port", port, "--dashboard-address", "127.0.0.1:0"]
        self.nodes.start("scheduler", [dask, "scheduler", *listening, *self.options])
        for name in ("first", "second"):
            local = [
                "--local-directory",
                self.nodes.folder,
                "--dashboard-address",
                "127.0.0.1:0",
                "--host",
                "127.0.0.1",
            ]
            size = ["--nworkers", 1, "--nthreads", 1, "--memory-limit", "1GB"]
            self.nodes.start(name, [dask, "worker", self.address, *size, *local, *self.options])

    def connect(self, credentials: Path | None) -> None:
        """Raises if nobody answers, or not to us."""
        from distributed import Client
        from distributed.security import Security

        kept = _files(credentials) if credentials else {}
        security = Security(require_encryption=True, **kept) if kept else None
        self.client = Client(self.address, security=security, timeout=20, set_as_default=False)
        self.client.wait_for_workers(2 if kept or not self.secure else 1, timeout=30)

    def answers(
        self, ask: Callable[[str], bytes], targets: Iterable[str], ahead: int
    ) -> Iterator[tuple[str, bytes | None, str]]:
        """Each target with its answer, or with what was told of it."""
        from distributed import as_completed

        left = iter(targets)
        running = as_completed(loop=self.client.loop, raise_errors=False)
        asked = {}

        def more(count: int) -> None:
            for target in islice(left, count):
                future = self.client.submit(ask, target, pure=False)
                asked[future.key] = target
                running.add(future)

        more(ahead)
        for future in running:
            target = asked.pop(future.key)
            error = future.exception()
            yield (target, future.result(), "") if error is None else (target, None, f"{type(error).__name__}: {error}")
            future.release()
            more(1)

    def close(self) -> None:
        """Of the driver's end."""
        self.client.close()


def version() -> str:
    """Of what was measured."""
    import distributed

    return str(distributed.__version__)


def certificate(folder: Path) -> list[object]:
    """Makes one. The options behind --tls-ca-file, with a certificate that every node shares."""
    key, certificate = folder / "fleet.key", folder / "fleet.pem"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=fleet", "-days", "30"]
    command = ["openssl", "req", "-x509", *curve, "-keyout", key, "-out", certificate]
    subprocess.run(list(map(os.fspath, command)), check=True, capture_output=True)
    return [certificate, "--tls-cert", certificate, "--tls-key", key]


def _files(folder: Path) -> dict[str, str]:
    key, certificate = str(folder / "fleet.key"), str(folder / "fleet.pem")
    return {"tls_ca_file": certificate, "tls_client_cert": certificate, "tls_client_key": key}

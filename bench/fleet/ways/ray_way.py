"""Ray: a head and a second raylet, a token that every process has."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from bench.fleet.nodes import Nodes, free_port

SECOND = ("second",)
TOKEN = "0123456789abcdef" * 4
STORE_BYTES = 100_000_000


class Way:
    """Tasks are remote functions."""

    def __init__(self, nodes: Nodes, *, secure: bool) -> None:
        self.nodes = nodes
        self.secure = secure
        self.port = free_port()
        # Without that it would find a token that earlier clusters have left in the home folder.
        nodes.environment["HOME"] = os.environ["HOME"] = str(nodes.folder)
        if secure:
            nodes.environment |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": TOKEN}

    def begin(self) -> None:
        """A head with a worker, and a second node."""
        ray = Path(sys.executable).with_name("ray")
        size = ["--num-cpus", 1, "--object-store-memory", STORE_BYTES, "--block", "--disable-usage-stats"]
        head = [
            "--head",
            "--port",
            self.port,
            "--node-ip-address",
            "127.0.0.1",
            "--temp-dir",
            self.nodes.folder / "ray",
        ]
        self.nodes.start("first", [ray, "start", *head, *size])
        # It gives up within seconds if there is no head yet.
        again = f"until {ray} start --address 127.0.0.1:{self.port} {' '.join(map(str, size))}; do sleep 0.2; done"
        self.nodes.start("second", ["sh", "-c", again])

    def connect(self, credentials: Path | None) -> None:
        """Raises if nobody answers, or not to us."""
        if credentials:
            os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": TOKEN}
        import ray

        ray.init(address=f"127.0.0.1:{self.port}", log_to_driver=False, logging_level="ERROR")

    def answers(
        self, ask: Callable[[str], bytes], targets: Iterable[str], ahead: int
    ) -> Iterator[tuple[str, bytes | None, str]]:
        """Each target with its answer, or with what was told of it."""
        import ray

        remote = ray.remote(max_retries=3)(lambda target: ask(target))  # noqa: PLW0108 (takes no partial)
        left = iter(targets)
        asked = {remote.remote(target): target for target in islice(left, ahead)}
        while asked:
            ready, _ = ray.wait(list(asked), num_returns=1)
            target = asked.pop(ready[0])
            try:
                yield target, ray.get(ready[0]), ""
            except ray.exceptions.RayError as error:
                yield target, None, f"{type(error).__name__}: {error}"
            asked |= {remote.remote(target): target for target in islice(left, 1)}

    def close(self) -> None:
        """Of the driver's end."""
        import ray

        ray.shutdown()


def version() -> str:
    """Of what was measured."""
    import ray

    return str(ray.__version__)

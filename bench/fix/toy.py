"""The toy server in a copy: red, one command, green, in how many seconds; and its client is served."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from bench.fix.results import Toy

TOY = Path(__file__).parents[2] / "examples" / "toy"
DEADLINE_S = 60


def measured(runs: int, keys: Mapping[str, str]) -> Toy:
    """Several runs of the command, each on a copy of its own."""
    seconds = []
    with tempfile.TemporaryDirectory(prefix="gnomon-fix-toy-") as folder:
        before = _findings(TOY)
        for number in range(runs):
            copy = Path(folder) / str(number)
            shutil.copytree(TOY, copy, ignore=shutil.ignore_patterns("__pycache__"))
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "gnomon", "fix", copy, "--write"], capture_output=True, check=False, timeout=300
            )
            seconds.append(round(time.perf_counter() - began, 2))
        return Toy(
            findings_before=before, findings_after=_findings(copy), seconds=tuple(seconds), served=_served(copy, keys)
        )


def _findings(folder: Path) -> int:
    said = subprocess.run(
        [sys.executable, "-m", "gnomon", "scan", folder, "--format", "json"], capture_output=True, check=False
    )
    return len(json.loads(said.stdout)["findings"])


def _served(folder: Path, keys: Mapping[str, str]) -> bool:
    """True if the client gets its three answers."""
    environment = {**os.environ, "TOY_LISTEN": "tcp://127.0.0.1:5557", **keys}
    server = subprocess.Popen([sys.executable, "server.py"], cwd=folder, env=environment, stdout=subprocess.PIPE)
    try:
        server.stdout.readline()
        client = subprocess.run(
            [sys.executable, "client.py"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            check=False,
        )
        return client.returncode == 0 and client.stdout.count("(8 tokens)") == 3
    finally:
        server.kill()
        server.communicate()

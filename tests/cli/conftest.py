"""Small projects on disk, and the command in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Gnomon = Callable[..., subprocess.CompletedProcess[str]]
SERVER = """\
import pickle

import zmq

socket = zmq.Context().socket(zmq.PULL)
socket.bind({address!r})
obj = {load}(socket.recv())
"""


@pytest.fixture
def gnomon(tmp_path_factory: pytest.TempPathFactory) -> Gnomon:
    """Runs `python -m gnomon` in `cwd`, else in an empty folder and home; what it printed and its exit code."""
    home = tmp_path_factory.mktemp("home")
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "SYSTEMROOT"}}
    environment = kept | {"HOME": str(home), "XDG_CACHE_HOME": str(home), "PYTHONUTF8": "1"}

    def run(*arguments: object, cwd: Path = home, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "gnomon", *map(str, arguments)],
            env=environment | more,
            cwd=cwd,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder with one server: `project("name", address="tcp://*:1", load="pickle.loads")`."""

    def make(name: str, *, address: str = "tcp://*:5557", load: str = "pickle.loads") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "server.py").write_text(SERVER.format(address=address, load=load))
        return folder

    return make

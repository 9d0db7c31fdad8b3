"""The installed command, in a child process, in a home of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

FLAWED = """\
import pickle

import zmq


def serve():
    socket = zmq.Context().socket(zmq.PULL)
    socket.bind("tcp://*:5557")
    while True:
        message = socket.recv()
        handle(pickle.loads(message))
"""
CLEAN = """\
import json

import zmq


def serve():
    socket = zmq.Context().socket(zmq.PULL)
    socket.bind("tcp://*:5557")
    while True:
        handle(json.loads(socket.recv()))
"""


@pytest.fixture
def gnomon(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs the installed command and returns what it printed and its exit code."""
    home = tmp_path_factory.mktemp("home")
    command = Path(sys.executable).with_name("gnomon")
    environment = {name: value for name, value in os.environ.items() if name not in {"FORCE_COLOR", "COLUMNS"}}
    environment |= {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}

    def run(*arguments: str | Path, timeout_s: float = 60, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [command, *arguments],
            env=environment | more,
            cwd=home,
            capture_output=True,
            encoding="utf-8",
            timeout=timeout_s,
            check=False,
        )

    return run


@pytest.fixture
def flawed(tmp_path: Path) -> Path:
    """A package whose server unpickles what any host sends."""
    return _package(tmp_path / "flawed", FLAWED)


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """The same server, reading JSON."""
    return _package(tmp_path / "clean", CLEAN)


def _package(folder: Path, server: str) -> Path:
    package = folder / "toy"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "server.py").write_text(server)
    return folder

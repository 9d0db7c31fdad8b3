"""Small flawed programs of two files: changed by a recipe, started as real processes, and approached by strangers."""

import contextlib
import os
import select
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import zmq
import zmq.auth
from zmq.utils.monitor import recv_monitor_message

from gnomon.core.channel import Channel
from gnomon.core.finding import Finding
from gnomon.core.patch import Offer
from gnomon.core.tree import SourceFile, Tree
from gnomon.fix.protocol import Rewritten
from gnomon.fix.rewriting import rewritten
from gnomon.fix.sources import Sources
from gnomon.knowledge.load import load
from gnomon.scan.detect import findings
from gnomon.scan.ends import channels

CASES = Path(__file__).parents[2] / "cases" / "fix"
DEADLINE_S = 30
FOREIGN = b"cplaces\nnote\n(S'unpickled'\ntR."
"""A pickle that names the program's own `places.note`, which notes the word and does nothing else."""


def tree_of(files: dict[str, str]) -> Tree:
    """Files of a target, as they are read."""
    data = tuple(SourceFile(path=path, data=text.encode()) for path, text in sorted(files.items()))
    return Tree(target="target", files=data)


def read(folder: Path) -> dict[str, str]:
    """The files of a case."""
    return {path.name: path.read_text() for path in sorted(folder.glob("*.py"))}


def found(files: dict[str, str]) -> tuple[tuple[Finding, ...], tuple[Channel, ...], Sources]:
    """What a scan finds in the files, and the channels of that."""
    tree, knowledge = tree_of(files), load()
    all_found = tuple(item for item in findings(tree, knowledge) if isinstance(item, Finding))
    return all_found, channels(tree, knowledge, all_found), Sources(tree)


def applied(files: dict[str, str], offer: Offer) -> dict[str, str]:
    """The files after the change."""
    result = rewritten({path: text.encode() for path, text in files.items()}, offer.patch)
    assert isinstance(result, Rewritten), result
    return files | {path: data.decode() for path, data in result.files.items()}


def written(folder: Path, files: dict[str, str]) -> Path:
    """A folder with the files."""
    folder.mkdir(exist_ok=True, parents=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def free_port() -> int:
    """A port of this machine that nobody has."""
    with socket.socket() as each:
        each.bind(("127.0.0.1", 0))
        return int(each.getsockname()[1])


class Program:
    """One end, as a process of its own."""

    def __init__(self, folder: Path, name: str, port: int, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, name],
            cwd=folder,
            env={**os.environ, "PORT": str(port), "PYTHONUNBUFFERED": "1", **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ended(self) -> str:
        """What it printed, when it has ended by itself."""
        out, problems = self.process.communicate(timeout=DEADLINE_S)
        assert self.process.returncode == 0, problems
        return out.strip()

    def running(self) -> bool:
        """True while it has not ended."""
        return self.process.poll() is None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.running():
            self.process.kill()
        with contextlib.suppress(ValueError):
            self.process.communicate(timeout=DEADLINE_S)


def turned_away(port: int, kind: int, frames: list[bytes], shown: dict[str, bytes] | None = None) -> bool:
    """Whether a plain socket without a key is disconnected before any of its frames is taken."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    try:
        stranger = context.socket(kind)
        stranger.linger = 0
        stranger.immediate = 1
        for option, value in (shown or {}).items():
            setattr(stranger, option, value)
        events = stranger.get_monitor_socket(zmq.EVENT_ALL)
        stranger.connect(f"tcp://127.0.0.1:{port}")
        gone = (
            zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
        )
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            if not events.poll(1000):
                continue
            event = recv_monitor_message(events)["event"]
            if event & zmq.EVENT_HANDSHAKE_SUCCEEDED:
                stranger.send_multipart(frames)
                stranger.close(2_000)
                return False
            if event & (gone | zmq.EVENT_DISCONNECTED):
                return True
        return False
    finally:
        context.destroy(linger=2_000)


def new_key(folder: Path) -> str:
    """What GNOMON_KEYS is to be, with a key of `gnomon keys new`."""
    made = [sys.executable, "-m", "gnomon", "keys", "new", "--folder", str(folder)]
    subprocess.run(made, check=True, capture_output=True, timeout=DEADLINE_S)
    return "".join(path.read_text() for path in folder.glob("*.key"))


def line_of(program: Program) -> str:
    """The next line that it prints, "" if there is none in time."""
    out = program.process.stdout
    assert out is not None
    ready, _, _ = select.select([out], [], [], DEADLINE_S)
    return out.readline().strip() if ready else ""

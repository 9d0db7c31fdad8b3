"""Small flawed programs of two files: scanned, changed as fix would, and started as real processes."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from gnomon.core.finding import Finding
from gnomon.core.patch import Offer, Style
from gnomon.core.tree import SourceFile, Tree
from gnomon.fix.payload.learned import Learned
from gnomon.fix.protocol import Rewritten
from gnomon.fix.recipes import payloads
from gnomon.fix.rewriting import rewritten
from gnomon.fix.sources import Sources
from gnomon.knowledge.load import load
from gnomon.scan.detect import findings
from gnomon.scan.ends import channels

DEADLINE_S = 30.0
Files = dict[str, str]


def tree_of(files: Files) -> Tree:
    """The files as a target."""
    return Tree(
        target="program",
        files=tuple(SourceFile(path=path, data=text.encode()) for path, text in sorted(files.items())),
    )


def found(files: Files) -> list[Finding]:
    """What scan finds over the network; nothing may be skipped."""
    results = list(findings(tree_of(files), load()))
    assert all(isinstance(item, Finding) for item in results), results
    return [item for item in results if isinstance(item, Finding)]


def offers(files: Files, style: Style, learned: Learned | None = None) -> list[Offer]:
    """An offer for each channel."""
    tree, knowledge = tree_of(files), load()
    known = tuple(found(files))
    return [
        payloads.offer(channel, known, Sources(tree), style, learned=learned)
        for channel in channels(tree, knowledge, known)
    ]


def changed(files: Files, offer: Offer) -> Files:
    """The program after the change."""
    result = rewritten({path: text.encode() for path, text in files.items()}, offer.patch)
    assert isinstance(result, Rewritten), result
    return {**files, **{path: data.decode() for path, data in result.files.items()}}


def written(files: Files, folder: Path) -> Path:
    """The program in a folder."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def free_port() -> int:
    """A port of the loopback that nobody has."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def started(folder: Path, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
    """A Python process in a folder, its output at once."""
    return subprocess.Popen(
        [sys.executable, "-u", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

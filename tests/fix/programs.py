"""Small programs as fix sees them: scanned, changed, written into folders and started as real processes."""

import os
import queue
import socket
import subprocess
import sys
import threading
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from gnomon.core.channel import Channel, Dump, Load
from gnomon.core.finding import Finding
from gnomon.core.patch import Offer
from gnomon.core.shape import Shape, Unknown
from gnomon.core.site import CodeSite, Span
from gnomon.core.tree import SourceFile, Tree
from gnomon.fix.protocol import Rewritten
from gnomon.fix.rewriting import rewritten
from gnomon.fix.sources import Sources
from gnomon.knowledge.load import load as knowledge
from gnomon.scan.detect import findings

DEADLINE_S = 30.0
Files = dict[str, str]
NOTHING = Unknown(why="what is sent was not looked at")


def tree_of(files: Files) -> Tree:
    """The files as a target."""
    sources = (SourceFile(path=path, data=text.encode()) for path, text in sorted(files.items()))
    return Tree(target="program", files=tuple(sources))


def sources_of(files: Files) -> Sources:
    """What recipes ask."""
    return Sources(tree_of(files))


def found(files: Files) -> list[Finding]:
    """What scan finds; nothing may be skipped."""
    results = list(findings(tree_of(files), knowledge()))
    assert all(isinstance(item, Finding) for item in results), results
    return [item for item in results if isinstance(item, Finding)]


def place(files: Files, path: str, code: str, number: int = 1) -> CodeSite:
    """Where some code stands in a file: the first place, or the one of that number."""
    start = -1
    for _ in range(number):
        start = files[path].index(code, start + 1)
    before, whole = files[path][:start], files[path][: start + len(code)]
    span = Span(
        line=before.count("\n") + 1,
        column=len(before.rpartition("\n")[2].encode()) + 1,
        end_line=whole.count("\n") + 1,
        end_column=len(whole.rpartition("\n")[2].encode()),
    )
    return CodeSite(path=path, span=span, code=code.partition("\n")[0])


def load(files: Files, path: str, code: str, api: str = "pickle.loads", **told: object) -> Load:
    """A load by its text."""
    receives = api.endswith((".recv_pyobj", "Connection.recv"))
    whole = {"qualname": "main", "direct": True, "receives": receives, **told}
    return Load(site=place(files, path, code), api=api, **whole)  # type: ignore[arg-type]


def dump(files: Files, path: str, code: str, api: str = "pickle.dumps", shape: Shape = NOTHING, **told: object) -> Dump:
    """A dump by its text."""
    sends = api.endswith((".send_pyobj", "Connection.send"))
    whole = {"qualname": "main", "direct": True, "sends": sends, **told}
    return Dump(site=place(files, path, code), api=api, shape=shape, **whole)  # type: ignore[arg-type]


def channel(loads: list[Load], dumps: list[Dump], **told: object) -> Channel:
    """A channel whose ends are known for certain."""
    whole = {"kind": "zmq", "paired": "certain", **told}
    return Channel(loads=tuple(loads), dumps=tuple(dumps), **whole)  # type: ignore[arg-type]


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
    """A port of this host that nobody has."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Process(AbstractContextManager["Process"]):
    """A Python process in a folder; it is stopped at the end."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-u", *arguments],
            cwd=folder,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def line(self) -> str:
        """The next line that it prints. Raises queue.Empty at the deadline."""
        return self._lines.get(timeout=DEADLINE_S)

    def ended(self) -> str:
        """All that it still prints until it ends, which has to be well."""
        self._reader.join(DEADLINE_S)
        code = self._process.wait(DEADLINE_S)
        rest = "".join(f"{self._lines.get()}\n" for _ in range(self._lines.qsize()))
        assert code == 0, rest
        return rest

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self._process.kill()
        self._process.wait(DEADLINE_S)
        self._reader.join(DEADLINE_S)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if " - - [" not in line:  # a server of HTTP keeps a log
                self._lines.put(line.rstrip("\n"))

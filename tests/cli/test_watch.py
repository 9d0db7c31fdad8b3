"""`gnomon watch` over an index that really answers: what it says of releases as they come, and what it says once."""

import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from tests import package_index

SERVER = """\
import pickle

import zmq


class Server:
    def __init__(self, port):
        self.socket = zmq.Context().socket(zmq.PULL)
        self.socket.bind(f"tcp://{address}:{port}")
        self.seen = 0

    def take(self):
        frames = self.socket.recv_multipart()
        self.seen += 1
        return {load}(frames[-1])
"""
OPEN = SERVER.replace("{address}", "*").replace("{load}", "pickle.loads")
LOCAL = OPEN.replace("*", "127.0.0.1")
CLEAN = SERVER.replace("{address}", "*").replace("{load}", "json.loads").replace("import pickle", "import json")
MOVED = OPEN.replace("class Server", "class Receiver").replace("def take", "def receive")
TORN = "def (:\n" + CLEAN
DEADLINE_S = 60


class Shop(Struct):
    """A place where packages are offered and watched."""

    index: package_index.Index
    folder: Path
    environment: dict[str, str]

    def offer(self, release: str, text: str, path: str = "pkg/server.py") -> None:
        """Puts a release of one module onto the index."""
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w:gz") as archive:
            name, _, version = release.partition("-")
            about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            for each, data in ((path, text.encode()), ("PKG-INFO", about.encode())):
                info = tarfile.TarInfo(f"{release}/{each}")
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        self.index.add(f"{release}.tar.gz", file.getvalue())

    def started(self, *options: str, stdout: int | io.IOBase = subprocess.PIPE) -> subprocess.Popen[str]:
        """A look that has begun."""
        return subprocess.Popen(
            [sys.executable, "-m", "gnomon", "watch", str(self.folder / "list.txt"), "-o", str(self.folder / "state"),
             "--workers", "1", *options],
            env=self.environment, cwd=self.folder, stdout=stdout, stderr=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip

    def look(self, *options: str) -> tuple[int, dict]:
        """Exit code and report of a look."""
        process = self.started("--format", "json", *options)
        output, errors = process.communicate(timeout=DEADLINE_S)
        assert output, errors
        return process.returncode, json.loads(output)


@pytest.fixture
def shop(tmp_path) -> Iterator[Shop]:
    """One package on the list, `pkg`, of which nothing is offered yet."""
    index = package_index.Index(tmp_path)
    index.etags = True
    (tmp_path / "list.txt").write_text("pkg\n")
    with package_index.served(index):
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "SYSTEMROOT"}}
        home = {"HOME": str(tmp_path), "GNOMON_CACHE_DIR": str(tmp_path / "cache"), "PYTHONUTF8": "1"}
        pip = {"PIP_CONFIG_FILE": "/dev/null", "PIP_INDEX_URL": index.url, "no_proxy": "127.0.0.1"}
        yield Shop(index, tmp_path, kept | home | pip)


def told(report: dict) -> dict[str, list[str]]:
    """Release -> kinds of its changes."""
    (package,) = report["packages"]
    return {each["release"]: [change["kind"] for change in each["changes"]] for each in package["releases"]}


def test_releases_as_they_come(shop):
    """The past is no news; then new, moved (nothing), better, fixed, back, withdrawn; and an index that is silent."""
    shop.offer("pkg-0.9", OPEN)
    shop.offer("pkg-1.0", CLEAN)
    shop.offer("pkg-1.1", CLEAN)
    code, first = shop.look()
    assert (code, told(first)) == (0, {"1.0": [], "1.1": []})
    assert first["packages"][0]["first_time"]
    assert [each["status"] for each in first["packages"][0]["releases"]] == ["baseline", "baseline"]

    shop.index.asked.clear()
    code, quiet = shop.look()
    assert (code, quiet["summary"]["quiet"], told(quiet)) == (0, 1, {})
    assert shop.index.asked == ["/simple/pkg/"]

    shop.offer("pkg-1.2", OPEN)
    code, new = shop.look()
    assert (code, told(new)) == (1, {"1.2": ["new"]})
    assert new["packages"][0]["releases"][0]["against"] == "1.1"

    shop.offer("pkg-1.3", MOVED, "pkg/net/receiver.py")
    shop.offer("pkg-1.4", LOCAL)
    shop.offer("pkg-1.5", CLEAN)
    code, three = shop.look()
    assert (code, told(three)) == (0, {"1.3": [], "1.4": ["better"], "1.5": ["fixed"]})

    shop.offer("pkg-1.6", OPEN)
    shop.index.yanked = {"pkg-1.5.tar.gz"}
    code, back = shop.look()
    assert (code, told(back)) == (1, {"1.6": ["reintroduced"]})
    assert [each["release"] for each in back["packages"][0]["withdrawn"]] == ["1.5"]

    shop.offer("pkg-1.7", CLEAN)
    for status, problem in {403: "did not answer", 404: "no package index has it"}.items():
        shop.index.status = status
        code, unknown = shop.look()
        assert (code, unknown["summary"]["quiet"]) == (4, 0)
        assert problem in unknown["packages"][0]["problem"]


def test_what_could_not_be_read_is_no_fix_and_a_patch_of_an_older_line_has_its_own_past(shop):
    """A torn release is told as incomplete; the release before a patch is looked at once somebody needs it."""
    for version, text in {"0.9.4": OPEN, "1.0": CLEAN, "1.1": OPEN}.items():
        shop.offer(f"pkg-{version}", text)
    shop.index.status = 403
    assert shop.look()[0] == 4
    shop.index.status = 200
    code, first = shop.look()
    assert (code, told(first)) == (0, {"1.0": [], "1.1": []})

    shop.offer("pkg-1.2", TORN)
    shop.offer("pkg-0.9.5", CLEAN)
    code, report = shop.look()

    assert (code, told(report)) == (4, {"0.9.5": ["fixed"], "1.2": ["unseen"]})
    older, torn = report["packages"][0]["releases"]
    assert (older["against"], torn["against"]) == ("0.9.4", "1.1")
    assert "pkg/server.py" in torn["problem"]
    assert shop.look()[0] == 0


@pytest.mark.skipif(sys.platform != "linux", reason="a crew of processes needs Linux")
def test_a_run_that_is_killed_loses_nothing_and_tells_nothing_twice(shop):
    """Killed while a release is fetched, and while the report can't be written: the next run tells it, once."""
    shop.offer("pkg-1.0", CLEAN)
    shop.look()
    shop.offer("pkg-1.1", OPEN)
    shop.offer("pkg-1.2", CLEAN)
    shop.index.held = "pkg-1.2.tar.gz"
    process = shop.started()
    _until(lambda: list((shop.folder / "state" / "targets").glob("pkg==1.1-*.json")))
    process.send_signal(signal.SIGKILL)
    assert process.communicate(timeout=DEADLINE_S)[0] == ""
    shop.index.released.set()

    with Path("/dev/full").open("w") as full:
        process = shop.started(stdout=full)
        _, errors = process.communicate(timeout=DEADLINE_S)
    assert (process.returncode, "can't be written" in errors) == (2, True)

    code, report = shop.look()
    assert (code, told(report), report["delayed"]) == (1, {"1.1": ["new"], "1.2": ["fixed"]}, True)
    assert told(shop.look()[1]) == {}
    assert len([path for path in shop.index.asked if path.endswith("pkg-1.1.tar.gz")]) == 1


def test_answers_of_other_tools_are_set_aside(shop):
    """What another gnomon found is not compared with: the release before is looked at anew, and its past is no news."""
    shop.offer("pkg-1.0", OPEN)
    shop.look()
    path = shop.folder / "state" / "survey.json"
    path.write_text(path.read_text().replace('"knowledge": "', '"knowledge": "0'))

    shop.offer("pkg-1.1", OPEN)
    code, report = shop.look()

    assert (code, told(report)) == (0, {"1.1": []})
    assert len(list((shop.folder / "state" / "before" / "1" / "targets").iterdir())) == 1


def _until(condition) -> None:
    """Waits for something that another process does."""
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)

"""Scanning reads and nothing else: no module of what is scanned is imported, run, or handed to anything that could."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.case import FLAWED, RAN, write

WATCH = Path(__file__).with_name("watch.py")
# Lets something happen under watch: the program's first argument is what.
MISDEED = """
import runpy, sys
sys.path.insert(0, {tests!r})
from watch import watched
watched(lambda: exec({what!r}, {{"root": {root!r}, "other": {other!r}, "runpy": runpy}}), {log!r}, {root!r}, {cache!r})
"""
MISDEEDS = {
    "open('/etc/hostname').close()": "open",
    "import os; os.listdir('/etc')": "os.listdir",
    "import os; os.close(os.open(other + '/outside.py', os.O_RDONLY))": "open",
    "open(root + '/link.py').close()": "open",
    "open(root + '/new', 'w').close()": "open",
    "open(other + '/new', 'w').close()": "open",
    "import os; os.mkdir(root + '/new')": "os.mkdir",
    "import os; os.rename(root + '/a.py', root + '/b.py')": "os.rename",
    "import os; os.remove(root + '/a.py')": "os.remove",
    "import os; os.symlink('a.py', root + '/l')": "os.symlink",
    "import os; os.chmod(root + '/a.py', 0o700)": "os.chmod",
    "import subprocess; subprocess.run(['true'])": "subprocess.Popen",
    "import os; os.system('true')": "os.system",
    "import os; os.posix_spawn('/bin/true', ['true'], {})": "os.posix_spawn",
    "import os; os.fork() or os.system('true')": "os.system",
    "import socket; socket.socket().close()": "socket.__new__",
    "runpy.run_path(root + '/a.py')": "exec",
    "import sys; sys.path.insert(0, root); sys.dont_write_bytecode = True; import a": "exec",
    "compile('x = 1', root + '/a.py', 'exec')": "compile",
    "import pickle; pickle.loads(b'cbuiltins\\nlen\\n.')": "pickle.find_class",
}


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder whose modules leave a trace if they are run, and one beside it."""
    write(tmp_path / "root", {"a.py": _traced(tmp_path)})
    write(tmp_path / "other", {"outside.py": b""})
    (tmp_path / "root" / "link.py").symlink_to("../other/outside.py")
    return tmp_path


def _traced(folder: Path) -> bytes:
    return f"open({str(folder / RAN)!r}, 'w').close()\n".encode()


@pytest.mark.parametrize("what", MISDEEDS)
def test_the_watch_sees_what_a_scan_must_not_do(folder, what):
    """Each kind of misdeed is noted under the name of its audit event."""
    places = {name: str(folder / name) for name in ("root", "other", "log", "cache")}
    program = MISDEED.format(what=what, tests=str(WATCH.parent), **places)

    subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, check=False)

    assert MISDEEDS[what] in {line.split()[0] for line in (folder / "log").read_text().splitlines()}


def test_the_watch_lets_pass_what_a_scan_has_to_do(folder):
    """Reading in the folder, and writing in the cache."""
    (folder / "cache").mkdir()
    what = "open(root + '/a.py', 'rb').close(); open(root + '/../cache/new', 'w').close(); import tomllib"
    places = {name: str(folder / name) for name in ("root", "other", "log", "cache")}
    program = MISDEED.format(what=what, tests=str(WATCH.parent), **places)

    subprocess.run([sys.executable, "-P", "-c", program], check=True)

    assert (folder / "log").read_text() == ""


@pytest.mark.parametrize("cached", [False, True], ids=["fresh", "kept"])
def test_what_is_scanned_is_never_imported_or_run(tmp_path, cached):
    """Neither packages, nor modules that others import, nor those that Python, pip, pytest or git would start."""
    root, trace = tmp_path / "root", _traced(tmp_path)
    names = ("a", "__init__", "setup", "conftest", "sitecustomize", "pkg/__init__", "pkg/server", "pkg/__main__", "zmq")
    imports = b"from pkg import server\nimport a, setup, zmq\n"
    write(root, {f"{name}.py": trace + imports + FLAWED for name in names})
    command = [sys.executable, "-P", WATCH, tmp_path / "log", root, tmp_path / "cache", "scan", ".", "--format", "json"]
    environment = {"GNOMON_CACHE_DIR": str(tmp_path / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
    for _ in range(1 + cached):
        done = subprocess.run(command, env=environment, cwd=root, capture_output=True, check=False)

    assert done.returncode == 1, done.stderr
    assert done.stdout.count(b'"pickle-over-network"') >= len(names) - 1
    assert (tmp_path / "log").read_text() == ""
    assert not (tmp_path / RAN).exists()
    assert sorted(path.relative_to(root).as_posix() for path in root.rglob("*.py")) == sorted(f"{n}.py" for n in names)

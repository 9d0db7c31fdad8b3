"""The toy server: whoever can reach it has their code run in it, until `gnomon fix` has changed both ends."""

import json
import os
import pickle
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import zmq

TOY = Path(__file__).parents[2] / "examples" / "toy"
GNOMON = Path(sys.executable).with_name("gnomon")
DEADLINE_S = 60
MARK = 0o057
ANSWERS = """\
What is a gnomon? a and model you the model the a (8 tokens)
Who can send it bytes? model says says small small the that is (8 tokens)
Say more. no what small the more that that model (8 tokens)
"""


class Marker:
    """Harmless: whoever unpickles it sets its process's file mode mask, and has the one it had before in its place."""

    def __reduce__(self):
        return os.umask, (MARK,)


@pytest.fixture
def toy(tmp_path):
    """A copy of it, that meets on a free port."""
    folder = tmp_path / "toy"
    shutil.copytree(TOY, folder, ignore=shutil.ignore_patterns("__pycache__"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "config.py"
    text = config.read_text()
    config.write_text(text.replace("PORT = 5557", f"PORT = {port}"))
    assert config.read_text() != text
    return folder


@pytest.fixture
def key(tmp_path):
    """What both ends are given: a key, as `gnomon keys new` makes it."""
    folder = tmp_path / "keys"
    _gnomon("keys", "new", "--folder", folder)
    [file] = folder.glob("*.key")
    return file.read_text()


@pytest.fixture
def serve():
    """Starts the server of a folder."""
    servers = []

    def served(folder, **environment):
        server = subprocess.Popen(
            [sys.executable, "server.py"],
            cwd=folder,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        killer = threading.Timer(DEADLINE_S, server.kill)  # nothing below waits for ever
        killer.start()
        servers.append((server, killer))
        assert server.stdout.readline().startswith("serving at ")
        return server

    yield served
    for server, killer in servers:
        killer.cancel()
        server.kill()
        server.communicate()


def test_a_stranger_s_call_is_made_in_the_server(toy, serve):
    """The flaw that is shown: it answers its clients, and runs what anybody pickles."""
    server = serve(toy)
    assert _umask(server.pid) != MARK
    printed = _ask(toy)
    _send_marker(toy, wait_ms=DEADLINE_S * 1000)

    assert printed == ANSWERS
    assert _umask(server.pid) == MARK


def test_one_command_turns_it_green(toy, serve, key):
    """`gnomon fix --write` changes both ends; they still work with each other, and a stranger's pickle does nothing."""
    assert _found(toy) == ["pickle-over-network", "pickle-over-network"]
    _gnomon("fix", toy, "--write")
    server = serve(toy, GNOMON_KEYS=key)
    printed = _ask(toy, GNOMON_KEYS=key)
    before = _umask(server.pid)
    answered = _send_marker(toy, wait_ms=1_000)
    again = _ask(toy, GNOMON_KEYS=key)

    assert _found(toy) == []
    assert (printed, again) == (ANSWERS, ANSWERS)
    assert not answered
    assert _umask(server.pid) == before != MARK


def test_the_tests_that_come_with_the_change_pass(toy):
    """The round trips of the messages, and that a stranger is refused."""
    _gnomon("fix", toy, "--write")
    tests = sorted(path.name for path in toy.glob("test_*.py"))
    plain = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", ".", "-p", "no:cacheprovider"]
    result = subprocess.run([*plain, *tests], cwd=toy, capture_output=True, text=True, timeout=DEADLINE_S, check=False)

    assert tests != []
    assert result.returncode == 0, result.stdout + result.stderr


def _ask(folder, **environment):
    """What the client prints."""
    result = subprocess.run(
        [sys.executable, "client.py"],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def _send_marker(folder, wait_ms):
    """True if somebody who has no key is answered in time."""
    line = next(line for line in (folder / "config.py").read_text().splitlines() if line.startswith("PORT"))
    context = zmq.Context()
    stranger = context.socket(zmq.REQ)
    stranger.connect(f"tcp://127.0.0.1:{line.split()[-1]}")
    stranger.send(pickle.dumps(Marker()))
    answered = stranger.poll(wait_ms)
    context.destroy(linger=0)
    return answered > 0


def _found(folder):
    answer = subprocess.run(
        [GNOMON, "scan", folder, "--format", "json"], capture_output=True, timeout=DEADLINE_S, check=False
    )
    return [finding["rule"] for finding in json.loads(answer.stdout)["findings"]]


def _gnomon(*arguments):
    result = subprocess.run(
        [GNOMON, *map(str, arguments)], capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def _umask(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("Umask:")), 8)

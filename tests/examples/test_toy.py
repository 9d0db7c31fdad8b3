"""The toy server: whoever can reach it has their code run in it, until `gnomon fix` has changed both ends."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import NamedTuple

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
TOY = EXAMPLES / "toy"
GNOMON = Path(sys.executable).with_name("gnomon")
DEADLINE_S = 60
ANSWERS = """\
What is a gnomon? a and model you the model the a (8 tokens)
Who can send it bytes? model says says small small the that is (8 tokens)
Say more. no what small the more that that model (8 tokens)
"""


class Served(NamedTuple):
    """A server as it tells of itself."""

    address: str
    pid: str


@pytest.fixture
def toy(tmp_path):
    """A copy of it."""
    return shutil.copytree(TOY, tmp_path / "toy", ignore=shutil.ignore_patterns("__pycache__"))


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
            env={**os.environ, "TOY_LISTEN": "tcp://127.0.0.1:*", **environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        killer = threading.Timer(DEADLINE_S, server.kill)  # nothing below waits for ever
        killer.start()
        servers.append((server, killer))
        return Served(*re.fullmatch(r"serving at (\S+), process (\d+)\n", server.stdout.readline()).groups())

    yield served
    for server, killer in servers:
        killer.cancel()
        server.kill()
        server.communicate()


def test_a_stranger_s_call_is_made_in_the_server(toy, serve):
    """The flaw that is shown: it answers its clients, and runs what anybody pickles."""
    server = serve(toy)
    printed = _ask(toy, server)
    made, said = _send_marker(server)

    assert printed == ANSWERS
    assert made, said


def test_one_command_turns_it_green(toy, serve, key):
    """`gnomon fix --write` changes both ends; they still work with each other, and a stranger's pickle does nothing."""
    assert _found(toy) == ["pickle-over-network", "pickle-over-network"]
    _gnomon("fix", toy, "--write")
    server = serve(toy, GNOMON_KEYS=key)
    printed = _ask(toy, server, GNOMON_KEYS=key)
    made, said = _send_marker(server)
    again = _ask(toy, server, GNOMON_KEYS=key)

    assert _found(toy) == []
    assert (printed, again) == (ANSWERS, ANSWERS)
    assert not made, said


def test_it_is_a_copy_of_what_it_was_adapted_from(toy):
    """Trace names the origin by the code, and by the comment above it."""
    result = subprocess.run(
        [GNOMON, "trace", toy, "--format", "json"], capture_output=True, timeout=DEADLINE_S, check=False
    )
    [copy] = json.loads(result.stdout)["targets"][0]["copies"]

    assert (copy["signature"], copy["state"], copy["qualname"]) == ("sglang-diffusion-broker", "unfixed", "serve")
    assert copy["shared"] >= 8
    assert copy["similarity"] >= 0.6
    assert copy["attribution"]["project"] == "sgl-project/sglang"


def test_the_tests_that_come_with_the_change_pass(toy):
    """The round trips of the messages, and that a stranger is refused."""
    _gnomon("fix", toy, "--write")
    tests = sorted(path.name for path in toy.glob("test_*.py"))
    plain = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", ".", "-p", "no:cacheprovider"]
    result = subprocess.run([*plain, *tests], cwd=toy, capture_output=True, text=True, timeout=DEADLINE_S, check=False)

    assert tests != []
    assert result.returncode == 0, result.stdout + result.stderr


def _ask(folder, server, **environment):
    """What the client prints."""
    result = subprocess.run(
        [sys.executable, "client.py"],
        cwd=folder,
        env={**os.environ, "TOY_PORT": server.address.rpartition(":")[2], **environment},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def _send_marker(server):
    """Whether a stranger's call was made in the server, and what the stranger says of it."""
    result = subprocess.run(
        [sys.executable, EXAMPLES / "stranger.py", *server],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert result.returncode in (0, 1), result.stderr
    return result.returncode == 1, result.stdout


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

"""The example's three versions answer alike; the first one runs what a stranger sends, the others refuse it."""

import json
import os
import pickle
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import pytest
import zmq

from gnomon.wire import Codec, Context, KeyWrong, ring_from_folder
from gnomon.wire.key_files import save_key
from gnomon.wire.keys import Key

EXAMPLE = Path(__file__).parents[2] / "examples" / "inference"
VERSIONS = ["before", "swapped", "after"]
MARK = 0o057


class Marker:
    """Harmless: whoever unpickles it sets its process's file mode mask, and has the one it had before in its place."""

    def __reduce__(self):
        return os.umask, (MARK,)


def _get(server, path, body=None):
    """(status, answer) of one request over HTTP."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(server.url + path, data, timeout=30) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def _umask(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("Umask:")), 8)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_answer_is_the_model_s(start, ask, version):
    """Hundreds of concurrent requests over HTTP, each held against the same computation made by the client."""
    server = start(version)

    code, printed = ask(server, 300)

    assert (code, printed[:29]) == (0, "300 of 300 answers are right,")
    status, health = _get(server, "/health")
    assert (status, health["workers"], health["waiting"], health["answered"]) == (200, 2, 0, 300)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_worker_that_was_killed_is_not_missed(start, ask, version):
    """It was promised a batch: another one gets that, and every answer is right."""
    server = start(version)
    ask(server, 50)
    os.kill(server.part("worker")[0], signal.SIGKILL)

    code, printed = ask(server, 300)

    assert (code, printed[:29]) == (0, "300 of 300 answers are right,")


@pytest.mark.parametrize(
    ("version", "number"), [("before", signal.SIGTERM), ("swapped", signal.SIGINT), ("after", signal.SIGTERM)]
)
def test_a_signal_ends_all_parts(start, ask, version, number):
    """With exit code 0, nothing left running, and nothing to complain of."""
    server = start(version)
    ask(server, 20)

    assert server.end(number) == (0, "", "")
    assert server.running() == []


def test_a_server_without_workers_ends(start):
    """With exit code 1, since it can't do what it is for."""
    server = start("after", "--workers", "1")
    os.kill(server.part("worker")[0], signal.SIGKILL)

    assert server.process.wait(30) == 1


def test_http_that_makes_no_sense_goes_no_further_than_the_front(start):
    """And is answered with what was expected."""
    server = start("after")
    for tokens in ([], [1, 1_000], [-1], [True], [1.5], ["1"], [1] * 2_001, 1, None):
        assert _get(server, "/generate", {"tokens": tokens})[0] == 400
    for body in ([1], "x", None, {}):
        assert _get(server, "/generate", body)[0] == (400 if body is not None else 404)
    assert _get(server, "/elsewhere")[0] == 404
    assert _get(server, "/generate", {"tokens": [1]})[0] == 200

    assert _get(server, "/health")[1]["answered"] == 1


@pytest.mark.parametrize("to", [0, 1], ids=["fronts", "workers"])
def test_the_first_version_runs_what_a_stranger_sends(start, ask, to):
    """The flaw: anybody who can connect to the broker, which asks nobody for anything, has their call made in it."""
    server = start("before")
    broker, places = server.part("broker")
    before = _umask(broker)
    assert before != MARK
    message = {"ask": "health", "id": Marker(), "worker": 0, "batch": Marker()}
    context = zmq.Context()
    stranger = context.socket(zmq.DEALER)
    stranger.connect(places[to])
    stranger.send(pickle.dumps(message))
    answered = stranger.poll(10_000 if to == 0 else 0) and pickle.loads(stranger.recv())
    code, _ = ask(server, 20)
    context.destroy(linger=0)

    assert _umask(broker) == MARK
    assert code == 0
    if to == 0:
        assert answered["id"] == before


@pytest.mark.parametrize("to", [0, 1], ids=["fronts", "workers"])
@pytest.mark.parametrize("version", ["swapped", "after"])
def test_the_others_let_no_stranger_in(start, ask, version, to):
    """The same bytes from the same stranger: it is turned away, that is counted and logged, and the server goes on."""
    server = start(version)
    broker, places = server.part("broker")
    before = _umask(broker)
    context = zmq.Context()
    stranger = context.socket(zmq.DEALER)
    monitor = stranger.get_monitor_socket(zmq.EVENT_DISCONNECTED)
    stranger.connect(places[to])
    stranger.send(pickle.dumps({"ask": "health", "id": Marker(), "worker": 0, "batch": Marker()}))
    turned_away = monitor.poll(10_000)
    code, _ = ask(server, 20)
    monitor.close()
    context.destroy(linger=0)

    assert turned_away
    assert code == 0

    assert _umask(broker) == before
    if version == "after":
        assert _get(server, "/health")[1]["strangers"] >= 1
    assert f"ROUTER at {places[to]} turned a connection away" in server.end()[2]


def test_a_pickle_from_somebody_with_the_key_is_bytes(start, ask, tmp_path):
    """Of no type that the broker knows: refused, counted by reason, and the server goes on."""
    save_key(Key.new(), tmp_path)
    server = start("after", "--keys", str(tmp_path))
    broker, places = server.part("broker")
    before = _umask(broker)
    with Context(keys=ring_from_folder(tmp_path), codec=Codec(bytes)) as context:
        for place in places:
            socket = context.socket(zmq.DEALER)
            socket.connect(place)
            socket.send_obj(pickle.dumps(Marker()), timeout_s=10)

    assert ask(server, 20)[0] == 0
    assert _umask(broker) == before
    assert _get(server, "/health")[1]["refused"] == {"unknown-type": 2}


def test_a_worker_with_another_key_says_so(start, tmp_path):
    """It ends, naming its key and the broker, in place of waiting for ever."""
    key = Key.new()
    save_key(key, tmp_path)
    server = start("after")

    ended = subprocess.run(
        [sys.executable, "-m", "after.worker", server.part("broker")[1][1], tmp_path],
        cwd=EXAMPLE,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 1
    assert KeyWrong.__name__ in ended.stderr
    assert key.id.hex() in ended.stderr

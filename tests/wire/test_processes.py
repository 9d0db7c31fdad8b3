"""Keys and sockets in children, however these are started."""

import os
import shutil
import socket
import subprocess
import sys

import pytest
import zmq

from gnomon.wire.errors import WireError
from gnomon.wire.key_files import save_key
from gnomon.wire.keys import Key, written

RANK = """
import os, sys, zmq
from gnomon.wire import Context, ring_from_folder

mode, keys, port = sys.argv[1:]
rank, world = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
endpoint = f"tcp://{os.environ['MASTER_ADDR']}:{port or os.environ['MASTER_PORT']}"
with Context(mode=mode, keys=ring_from_folder(keys) if keys else None) as context:
    assert "GNOMON_KEYS" not in os.environ or keys
    if rank == 0:
        server = context.socket(zmq.ROUTER)
        server.bind(endpoint)
        requests = {}
        while len(requests) < world - 1:
            request = server.recv_from(timeout_s=30)
            requests[request.obj["rank"]] = request
        for number, request in requests.items():
            server.send_obj({"to": number, "of": world}, to=request.peer)
        for _ in requests:
            assert server.recv_obj(timeout_s=30) == "got it"
        print(sorted(requests), server.stats.strangers)
    else:
        client = context.socket(zmq.DEALER)
        client.connect(endpoint)
        client.send_obj({"rank": rank, "local": int(os.environ["LOCAL_RANK"])}, timeout_s=30)
        assert client.recv_obj(timeout_s=30) == {"to": rank, "of": world}
        client.send_obj("got it", timeout_s=30)
"""

CHILD = """
import zmq
from gnomon.wire import Context
with Context(mode={mode!r}) as context:
    push = context.socket(zmq.PUSH)
    push.connect({endpoint!r})
    push.send_obj("from a subprocess", timeout_s=10)
"""


LAUNCHER = """
import multiprocessing, sys, zmq
from gnomon.wire import Context, ring_from_folder

start, mode, folder = sys.argv[1:]

def child(endpoint):
    with Context(mode=mode, keys=ring_from_folder(folder)) as context:
        push = context.socket(zmq.PUSH)
        push.connect(endpoint)
        push.send_obj("from a child", timeout_s=10)

if __name__ == "__main__":
    with Context(mode=mode, keys=ring_from_folder(folder)) as context:
        pull = context.socket(zmq.PULL)
        endpoint = pull.bind("tcp://127.0.0.1:*")
        process = multiprocessing.get_context(start).Process(target=child, args=(endpoint,))
        process.start()
        print(pull.recv_obj(timeout_s=20))
        process.join(20)
        print(process.exitcode)
"""


@pytest.mark.parametrize("mode", ["curve", "sealed"])
@pytest.mark.parametrize("start", ["fork", "spawn", "forkserver"])
def test_children_of_multiprocessing(tmp_path, mode, start):
    """Forked, spawned and forked by a server: each with its own context, and the keys from their folder."""
    save_key(Key.new(), tmp_path / "keys")
    (tmp_path / "launcher.py").write_text(LAUNCHER)

    ended = subprocess.run(
        [sys.executable, tmp_path / "launcher.py", start, mode, tmp_path / "keys"],
        timeout=60,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stderr, ended.stdout) == (0, "", "from a child\n0\n")


@pytest.mark.parametrize("mode", ["curve", "sealed"])
def test_a_subprocess_gets_its_key_by_the_environment(open_context, ring, mode):
    """As launchers hand it over."""
    pull = open_context(mode).socket(zmq.PULL)
    program = CHILD.format(mode=mode, endpoint=pull.bind("tcp://127.0.0.1:*"))

    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"GNOMON_KEYS": written(ring.keys[0])},
        timeout=30,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert pull.recv_obj(timeout_s=5) == "from a subprocess"


@pytest.mark.parametrize("mode", ["curve", "sealed", "local"])
@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")
def test_a_forked_child_does_not_use_its_parent_s_sockets(open_context, address, mode):
    """Each use is an error; closing them, and ending, disturbs the parent not at all. A context of its own works."""
    context = open_context(mode)
    pull = context.socket(zmq.PULL)
    push = context.socket(zmq.PUSH)
    push.connect(pull.bind(address(mode)))
    push.send_obj("before", timeout_s=5)
    assert pull.recv_obj(timeout_s=5) == "before"
    reading, writing = os.pipe()

    child = os.fork()
    if child == 0:
        told = []
        for use in (
            lambda: push.send_obj("x"),
            pull.recv_obj,
            pull.poll,
            lambda: context.socket(8),
            context.reload_keys,
        ):
            try:
                use()
            except WireError as error:
                told.append("before fork" in str(error))
        push.close()
        context.close()
        os.write(writing, repr(told).encode())
        os._exit(0)
    _, status = os.waitpid(child, 0)

    assert (status, os.read(reading, 100)) == (0, b"[True, True, True, True, True]")
    os.close(reading)
    os.close(writing)
    push.send_obj("after", timeout_s=5)
    assert pull.recv_obj(timeout_s=5) == "after"


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _ranks(world, arguments, environment):
    """Starts programs as torchrun does: one a rank, all with its variables, and what the launcher had in its own."""
    shared = {"MASTER_ADDR": "localhost", "MASTER_PORT": str(_free_port()), "WORLD_SIZE": str(world)}
    shared |= {"LOCAL_WORLD_SIZE": str(world), "GROUP_RANK": "0", "TORCHELASTIC_RUN_ID": "x", "OMP_NUM_THREADS": "1"}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", RANK, *arguments],
            env=os.environ | environment | shared | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(world)
    ]
    try:
        return [(*process.communicate(timeout=60), process.returncode) for process in processes]
    finally:
        for process in processes:
            process.kill()


@pytest.mark.parametrize("mode", ["curve", "sealed"])
@pytest.mark.parametrize("source", ["environment", "folder"])
def test_ranks_that_a_launcher_started(tmp_path, mode, source):
    """As torchrun starts them: rank 0 binds MASTER_PORT, and the others reach it by MASTER_ADDR, which is a name."""
    key = Key.new()
    save_key(key, tmp_path / "keys")
    arguments = [mode, str(tmp_path / "keys") if source == "folder" else "", ""]

    ended = _ranks(3, arguments, {"GNOMON_KEYS": written(key)} if source == "environment" else {})

    assert ended == [("[1, 2] 0\n", "", 0), ("", "", 0), ("", "", 0)]


@pytest.mark.skipif(shutil.which("torchrun") is None, reason="torchrun is not installed")
@pytest.mark.parametrize("mode", ["curve", "sealed"])
def test_ranks_that_torchrun_itself_started(tmp_path, mode):
    """It holds MASTER_PORT itself, so the ranks are given another one."""
    (tmp_path / "rank.py").write_text(RANK)
    launcher = ["torchrun", "--nproc-per-node=3", "--master-addr=localhost", f"--master-port={_free_port()}"]

    ended = subprocess.run(
        [*launcher, "--no-python", sys.executable, tmp_path / "rank.py", mode, "", str(_free_port())],
        env=os.environ | {"GNOMON_KEYS": written(Key.new())},
        timeout=120,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (0, "[1, 2] 0\n")

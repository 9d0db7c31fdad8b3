"""Keys and sockets in children, however these are started."""

import os
import subprocess
import sys

import pytest
import zmq

from gnomon.wire.errors import WireError
from gnomon.wire.key_files import save_key
from gnomon.wire.keys import Key, written

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

    assert (status, os.read(reading, 100)) == (0, b"[True, True, True, True]")
    os.close(reading)
    os.close(writing)
    push.send_obj("after", timeout_s=5)
    assert pull.recv_obj(timeout_s=5) == "after"

"""Contexts end, whatever their sockets are doing, and say what they need."""

import gc
import os
import subprocess
import sys
import threading
import time

import pytest
import zmq

from gnomon.wire import context as contexts
from gnomon.wire.codec import Codec
from gnomon.wire.context import Context
from gnomon.wire.errors import KeyMissing, WireError
from gnomon.wire.keys import Key, KeyRing, written

MODES = ["curve", "sealed", "local"]


def _closed_within(context, seconds):
    began = time.monotonic()
    context.close()
    assert context.closed
    assert time.monotonic() - began < seconds


@pytest.mark.parametrize("mode", MODES)
def test_ending_waits_for_what_was_sent(open_context, address, mode):
    """A message that was taken is delivered, though its context ends at once."""
    pull = open_context(mode).socket(zmq.PULL)
    endpoint = pull.bind(address(mode))
    sending = open_context(mode)
    push = sending.socket(zmq.PUSH)
    push.connect(endpoint)
    for number in range(200):
        push.send_obj(number, timeout_s=5)

    _closed_within(sending, 5)

    assert [pull.recv_obj(timeout_s=5) for _ in range(200)] == list(range(200))


@pytest.mark.parametrize("mode", MODES)
def test_ending_does_not_wait_for_nobody(open_context, address, mode):
    """Nobody there, a server that lets nobody in, a receiver that takes nothing, sockets that nobody closed."""
    context = open_context(mode, linger_s=0.5)
    other = open_context(mode, keys=KeyRing(keys=(Key.new(),)))
    nobody = context.socket(zmq.PUSH)
    nobody.connect("ipc://nobody" if mode == "local" else "tcp://127.0.0.1:1")
    full = other.socket(zmq.PULL)
    stuck = context.socket(zmq.PUSH)
    stuck.connect(full.bind(address(mode)))
    context.socket(zmq.PULL).bind(address(mode) if mode != "local" else "ipc://unused")
    try:
        for _ in range(20_000):
            stuck.send_obj("x" * 1000, timeout_s=0.5)
    except WireError:
        pass

    _closed_within(context, 5)


@pytest.mark.parametrize("use", ["recv_obj", "poll"])
@pytest.mark.parametrize("mode", MODES)
def test_ending_wakes_threads_that_wait(open_context, address, mode, use):
    """They get an error that says why."""
    context = open_context(mode)
    pull = context.socket(zmq.PULL)
    pull.bind(address(mode))
    raised = []

    def wait():
        try:
            getattr(pull, use)()
        except WireError as error:
            raised.append(str(error))

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.2)

    _closed_within(context, 5)

    thread.join(5)
    assert raised == ["the context was closed"]


def test_a_forgotten_context_ends(ring, tmp_path):
    """And a socket keeps its context."""
    before = threading.active_count()
    pull = Context(mode="local", keys=ring, folder=tmp_path / "wire").socket(zmq.PULL)
    gc.collect()
    pull.bind("ipc://x")
    assert threading.active_count() == before + 1

    del pull
    gc.collect()

    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() == before


def test_a_context_that_ended_makes_no_sockets(open_context):
    """Ending twice is fine."""
    context = open_context("local")
    context.term()
    context.destroy()

    for use in (lambda: context.socket(zmq.PULL), context.reload_keys):
        with pytest.raises(WireError, match="closed"):
            use()


def test_what_is_asked_for_must_exist(ring):
    """The modes are listed; there is no mode `null` or another one that would mean none."""
    for mode in ("AUTO", "null", "CURVE", ""):
        with pytest.raises(WireError, match="curve, sealed, local, tls, auto"):
            Context(mode=mode, keys=ring)


def test_keys_come_from_the_environment_once(monkeypatch):
    """Without keys given, those of GNOMON_KEYS are used, and taken out of it."""
    key = Key.new()
    monkeypatch.setenv("GNOMON_KEYS", written(key))
    with Context() as context:
        pull = context.socket(zmq.PULL)
        push = context.socket(zmq.PUSH)
        push.connect(pull.bind("tcp://127.0.0.1:*"))
        push.send_pyobj("by curve", timeout_s=5)

        assert pull.recv_pyobj(timeout_s=5) == "by curve"


def test_a_second_context_has_the_keys_of_the_environment_too(monkeypatch):
    """The variable is gone after the first one; what it held is known to the process, and replaced by a new one."""
    first, second = Key.new(), Key.new()
    for key in (first, None, second, None):
        if key:
            monkeypatch.setenv("GNOMON_KEYS", written(key))
        with Context(mode="sealed") as context:
            pull = context.socket(zmq.PULL)
            push = context.socket(zmq.PUSH)
            push.connect(pull.bind("tcp://127.0.0.1:*"))
            push.send_pyobj("x", timeout_s=5)

            assert pull.recv_from(timeout_s=5).key_id == (second if key is second else first).id.hex()
        assert "GNOMON_KEYS" not in os.environ
        first = second if key is second else first


def test_without_keys_there_is_no_context(monkeypatch):
    """But in mode `local`, which needs none."""
    monkeypatch.delenv("GNOMON_KEYS", raising=False)
    monkeypatch.setattr("gnomon.wire.key_files._READ", [])

    with pytest.raises(KeyMissing, match="GNOMON_KEYS"):
        Context()
    with Context(mode="local"):
        pass


def test_a_program_that_does_not_close_ends_too(tmp_path):
    """After what it sent last was delivered."""
    program = (
        "import sys, zmq\n"
        "from gnomon.wire import Context\n"
        "push = Context(mode='local', folder=sys.argv[1]).socket(zmq.PUSH)\n"
        "push.connect('ipc://x')\n"
        "push.send_obj('last words')\n"
    )
    with Context(mode="local", folder=tmp_path / "wire", codec=Codec()) as context:
        pull = context.socket(zmq.PULL)
        pull.bind("ipc://x")
        ended = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / "wire")],
            timeout=30,
            capture_output=True,
            text=True,
            check=False,
        )

        assert (ended.returncode, ended.stderr) == (0, "")
        assert pull.recv_obj(timeout_s=5) == "last words"


def test_a_context_ends_where_python_starts_no_thread_any_more(open_context, monkeypatch):
    """As at the end of a program in Python 3.12."""
    context = open_context("local", linger_s=0)
    context.socket(zmq.PULL).bind("ipc://x")

    def refuse(thread):
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", refuse)

    _closed_within(context, 5)


def test_what_keeps_a_context_from_ending_is_logged(open_context, monkeypatch, caplog):
    """A socket that somebody took from libzmq's own context: it is waited for, but not for ever."""
    monkeypatch.setattr(contexts, "GRACE_S", 0.1)
    context = open_context("local", linger_s=0)
    foreign = context._parts.raw.socket(zmq.PULL)

    _closed_within(context, 5)

    assert "a socket that somebody else still has" in caplog.text
    foreign.close()

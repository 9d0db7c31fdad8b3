"""Sockets bind where the policy says, and the program finds its way about as if it had said so itself."""

import contextlib
import socket
import sys

import pytest

NARROW = {"tcp://*": "tcp://127.0.0.1", "tcp://127.0.0.7": "tcp://lo"}
BINDS = """
import sys, zmq
context = zmq.Context()
socket = context.socket(zmq.REP)
socket.bind(sys.argv[1])
print(socket.last_endpoint.decode())
context.destroy(0)
"""
UNBINDS = """
import errno, zmq
context = zmq.Context()
socket = context.socket(zmq.PULL)

def bound(address):
    while True:
        try:
            return socket.bind(address)
        except zmq.ZMQError as error:
            assert error.errno == zmq.EADDRINUSE  # libzmq's thread closes what was unbound, soon

port = socket.bind_to_random_port("tcp://*")
print(socket.last_endpoint == b"tcp://127.0.0.1:%d" % port)
socket.unbind(socket.last_endpoint)
bound(f"tcp://*:{port}")
socket.unbind(f"tcp://*:{port}")
bound(f"tcp://127.0.0.7:{port}")
socket.unbind(f"tcp://127.0.0.7:{port}")
with bound(f"tcp://127.0.0.7:{port}"):
    pass
bound(f"tcp://0.0.0.0:{port}".encode())
socket.unbind(f"tcp://0.0.0.0:{port}".encode())
try:
    socket.unbind(f"tcp://*:{port}")
except zmq.ZMQError as error:
    print(error.errno == errno.ENOENT)
with socket.bind("tcp://*:*"):
    print(socket.last_endpoint.startswith(b"tcp://127.0.0.1:"))
socket.bind("inproc://name")
socket.unbind("inproc://name")
last = 255 if zmq.pyzmq_version_info() >= (24,) else 65  # before that, pyzmq wants UTF-8
with socket.bind(b"ipc://" + __file__.encode() + bytes([last])):
    print(socket.get(zmq.LAST_ENDPOINT)[-1] == last)
for wrong in ("tcp://*:nothing", "tcp:/*", "nothing"):
    try:
        socket.bind(wrong)
    except zmq.ZMQError:
        print("refused")
try:
    socket.bind(5)
except TypeError:
    print("refused")
context.destroy(0)
"""
WAITS = """
import zmq
socket = zmq.Context.instance().socket(zmq.REP)
print(socket.bind_to_random_port("tcp://*"))
input()
"""
PATH = """
import os, sys, zmq
os.umask(0)
context = zmq.Context()
pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
pull.bind(sys.argv[1])
path = pull.last_endpoint.decode().removeprefix("ipc://")
print(oct(os.stat(path).st_mode & 0o777) if sys.argv[1][6:7] != "@" else "none")
push.connect(pull.last_endpoint)
push.send(b"hello")
frame = pull.recv(copy=False)
try:
    print(bool(frame.get("User-Id")))
except zmq.ZMQError:
    print(False)
context.destroy(0)
"""


@pytest.mark.parametrize("shielded", [True, False])
def test_all_interfaces_become_the_one_that_the_policy_names(stage, keys, shielded):
    """However the program says "all"; with an event of each. It needs no keys for that."""
    for asked in ("tcp://*:*", "tcp://0.0.0.0:0", "tcp://[::]:*", "tcp://0:*"):
        program = stage.start(BINDS, asked, keys=keys if shielded else None, narrow=NARROW)
        host, _, port = program.output().strip().rpartition(":")

        assert host == "tcp://127.0.0.1"
        assert port.isdecimal()
        to = f"tcp://127.0.0.1:{asked.rpartition(':')[2]}"
        assert program.events() == [{"event": "bind-narrowed", "from": asked, "to": to}]


@pytest.mark.skipif(sys.platform != "linux", reason="its loopback device is called lo")
def test_an_interface_may_be_named(stage):
    """Its address is looked up by libzmq."""
    program = stage.start(BINDS, "tcp://*:*", keys=None, narrow={"tcp://*": "tcp://lo"})

    assert program.output().startswith("tcp://127.0.0.1:")


def test_what_no_rule_is_for_stays(stage, keys):
    """Without an event."""
    program = stage.start(BINDS, "tcp://127.0.0.1:*", keys=keys, narrow=NARROW)

    assert program.output().startswith("tcp://127.0.0.1:")
    assert program.events() == []


@pytest.mark.skipif(sys.platform != "linux", reason="its loopback device is called lo")
def test_the_program_may_unbind_what_it_asked_for(stage, keys):
    """Or what libzmq says that it is, or as a context manager; mistakes are pyzmq's errors, as before."""
    program = stage.start(UNBINDS, keys=keys, narrow=NARROW)

    assert program.output().split() == ["True", "True", "True", "True", "refused", "refused", "refused", "refused"]


@pytest.mark.skipif(sys.platform != "linux", reason="all of 127/8 is the host's own")
def test_other_addresses_of_the_host_are_closed(stage, keys):
    """Nothing listens there any more."""
    program = stage.start(WAITS, keys=keys, narrow=NARROW)
    port = int(program.line())
    with contextlib.closing(socket.create_connection(("127.0.0.1", port))):
        pass

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere modes of sockets mean nothing")
def test_a_path_that_others_could_connect_to_is_closed_to_them(stage, keys, tmp_path):
    """It gets no keys; a name without a file does, since anybody could connect."""
    path = stage.start(PATH, f"ipc://{tmp_path}/socket", keys=keys)

    assert path.output().split() == ["0o755", "False"]
    assert path.events("bind-narrowed") == [
        {"event": "bind-narrowed", "from": f"ipc://{tmp_path}/socket mode 0777", "to": "mode 0755"}
    ]
    assert stage.start(PATH, f"ipc://@{tmp_path}", keys=keys).output().split() == ["none", "True"]


def test_a_rule_that_can_not_be_used_ends_the_import(stage):
    """Before the program has bound anything."""
    program = stage.start("import zmq\nprint('imported')\n", keys=None, narrow={"tcp://*": "tcp://0.0.0.0"})

    assert "all interfaces, which is no narrowing" in program.errors()
    assert program.process.returncode == 1

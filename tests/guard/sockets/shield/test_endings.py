"""Contexts, interpreters and forked children end as without the shield, whatever is still open."""

import os

import pytest

OPENED = """
import atexit, gc, os, sys, threading
import zmq

def opened(context, kind=zmq.PULL):
    socket = context.socket(kind)
    socket.bind_to_random_port("tcp://127.0.0.1")
    assert any(thread.name == "gnomon.guard" for thread in threading.enumerate())
    return socket

def talk(context):
    with opened(context) as pull, context.socket(zmq.PUSH) as push:
        push.connect(pull.last_endpoint)
        push.send(b"hello")
        assert pull.recv() == b"hello"

"""
ENDINGS = {
    "term": """
context = zmq.Context()
talk(context)
context.term()
""",
    "term twice, and a context after it": """
for _ in range(50):
    context = zmq.Context()
    opened(context).close()
    context.term()
    context.term()
""",
    "destroy with open sockets": """
context = zmq.Context()
sockets = [opened(context) for _ in range(5)]
context.destroy()
assert all(socket.closed for socket in sockets)
""",
    "with": """
with zmq.Context() as context, opened(context):
    pass
""",
    "garbage": """
def made():
    context = zmq.Context()
    talk(context)
made()
""",
    "a cycle of garbage": """
class Server:
    def __init__(self):
        self.context = zmq.Context()
        opened(self.context).close()
        self.me = self
Server()
gc.collect()
""",
    "garbage that the shield's own thread collects": """
woken, garbage, collected = (threading.Event() for _ in range(3))
def collect(frame, event, _):
    if frame.f_code.co_name == "_answer" and event == "call":
        woken.set()
        assert garbage.wait(20)
        gc.collect()
        collected.set()
class Server:
    def __init__(self):
        self.context = zmq.Context()
        self.me = self
        with opened(self.context) as socket, self.context.socket(zmq.PUSH) as client:
            client.connect(socket.last_endpoint)
            assert woken.wait(20)
gc.disable()
threading.setprofile(collect)
Server()
garbage.set()
assert collected.wait(20)
""",
    "exit with open sockets": """
context = zmq.Context()
socket, other = opened(context), opened(zmq.Context.instance())
""",
    "exit while a thread receives": """
socket = opened(zmq.Context.instance())
threading.Thread(target=socket.recv, daemon=True).start()
""",
    "sys.exit with a client that nobody lets in": """
socket = zmq.Context.instance().socket(zmq.PUSH)
socket.connect("tcp://127.0.0.1:1")
socket.send(b"never")
opened(zmq.Context.instance())
print("done")
sys.exit()
""",
    "a handler at the exit": """
context = zmq.Context()
socket = opened(context)
@atexit.register
def end():
    talk(context)
    context.destroy()
""",
    "a destructor after the last thread": """
class Server:
    def __init__(self):
        self.context = zmq.Context()
        self.socket = opened(self.context)
    def __del__(self, finalizing=sys.is_finalizing):
        assert finalizing()
        self.socket.close(0)
        self.context.term()
server = Server()
""",
    "term in another thread": """
context = zmq.Context()
socket = opened(context)
receiving = threading.Event()
def receive():
    receiving.set()
    try:
        socket.recv()
    except zmq.ContextTerminated:
        socket.close()
thread = threading.Thread(target=receive)
thread.start()
receiving.wait()
context.term()
thread.join()
""",
    "no descriptors are left": """
def descriptors():
    return len(os.listdir("/proc/self/fd"))
with zmq.Context() as context:
    talk(context)
gc.collect()
before = descriptors()
for _ in range(20):
    with zmq.Context() as context:
        talk(context)
del context
gc.collect()
assert descriptors() <= before, (before, descriptors())
""",
    "an authenticator that is left running": """
from zmq.auth.thread import ThreadAuthenticator
context = zmq.Context.instance()
authenticator = ThreadAuthenticator(context)
authenticator.start()
socket = opened(context)
if zmq.pyzmq_version_info() < (24,):  # its thread keeps the process
    authenticator.stop()
""",
}
FORKED = """
import os, sys, threading
import zmq

def talk():
    context = zmq.Context()
    with context.socket(zmq.PULL) as pull, context.socket(zmq.PUSH) as push:
        pull.bind("tcp://127.0.0.1:*")
        push.connect(pull.last_endpoint)
        push.send(b"hello")
        frame = pull.recv(copy=False)
        assert frame.bytes == b"hello" and frame.get("User-Id") == sys.argv[1]
    context.term()

context = zmq.Context.instance()
parents = context.socket(zmq.REP)
parents.bind("tcp://127.0.0.1:*")
endpoint = parents.last_endpoint
child = os.fork()
if child == 0:
    talk()
    with zmq.Context.instance().socket(zmq.REQ) as socket:
        socket.connect(endpoint)
        socket.send(b"from the child")
        socket.recv()
    grandchild = os.fork()
    if grandchild == 0:
        talk()
        HOW
    assert os.waitpid(grandchild, 0)[1] == 0
    talk()
    HOW
assert parents.recv() == b"from the child"
parents.send(b"to the child")
assert os.waitpid(child, 0)[1] == 0
talk()
parents.close()
context.term()
print("done")
"""
POOL = """
import multiprocessing, sys
import zmq

def serve(connection):
    context = zmq.Context()
    socket = context.socket(zmq.REP)
    connection.send(socket.bind_to_random_port("tcp://127.0.0.1"))
    socket.send(socket.recv())

if __name__ == "__main__":
    own = zmq.Context.instance().socket(zmq.PULL)
    own.bind("tcp://127.0.0.1:*")
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=serve, args=(theirs,))
    child.start()
    socket = zmq.Context.instance().socket(zmq.REQ)
    socket.connect(f"tcp://127.0.0.1:{ours.recv()}")
    socket.send(b"question")
    assert socket.recv() == b"question"
    child.join()
    assert child.exitcode == 0
    print("done")
"""


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_program_ends_by_itself(stage, keys, ending):
    """Whichever way, with what it printed last."""
    program = stage.start(f"{OPENED}{ENDINGS[ending]}\nprint('done')\n", keys=keys)

    assert program.output() == "done\n"
    assert program.events("shield-ended") == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
@pytest.mark.parametrize("how", ["os._exit(0)", "sys.exit(0)"])
def test_forked_children_have_their_own(stage, keys, key, how):
    """A child and its child bind and connect with keys, and end; the parent goes on."""
    program = stage.start(FORKED.replace("HOW", how), key.id.hex(), keys=keys)

    assert program.output() == "done\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_forked_process_of_multiprocessing_is_shielded(stage, keys):
    """It leaves its context open when it ends."""
    assert stage.start(POOL, keys=keys).output() == "done\n"

"""Modules that published servers run, unmodified: bad messages are dropped, good calls go on, nothing stalls."""

import asyncio
import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
import types
import zipfile

import pytest
import zmq

from gnomon.guard.loads.dry import refused_name
from gnomon.guard.sockets.stash import peer_of
from gnomon.io.pypi import download

LMDEPLOY = "lmdeploy==0.9.2", "lmdeploy/pytorch/engine/mp_engine/zmq_rpc.py"
LLAMA_STACK = "llama-stack==0.0.40", "llama_stack/providers/impls/meta_reference/inference/parallel_utils.py"
RAN = []
pytestmark = pytest.mark.network


class Marker:
    """Notes that it was loaded."""

    def __reduce__(self):
        return RAN.append, ("loaded",)


def source(requirement, path):
    """A module's text, from its release."""
    with zipfile.ZipFile(download(requirement, 1 << 30).path) as wheel:
        return wheel.read(path)


@pytest.fixture
def zmq_rpc(monkeypatch):
    """LMDeploy's module, with the rest of LMDeploy left out: it only wants a logger."""
    import logging

    logger = types.ModuleType("lmdeploy.utils")
    logger.get_logger = logging.getLogger
    monkeypatch.setitem(sys.modules, "lmdeploy", types.ModuleType("lmdeploy"))
    monkeypatch.setitem(sys.modules, "lmdeploy.utils", logger)
    module = types.ModuleType("zmq_rpc")
    exec(compile(source(*LMDEPLOY), LMDEPLOY[1], "exec"), vars(module))
    return module


class Server:
    """LMDeploy's server in the event loop of a thread, beside a task that counts the loop's turns."""

    def __init__(self, module):
        self.turns = 0
        self._module = module
        self._ready = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._run(),))

    async def _run(self):
        self._rpc = self._module.AsyncRPCServer()
        self._rpc.register_method("add", lambda a, b: a + b)
        self.port = self._rpc.get_port()
        counting = asyncio.create_task(self._count())
        self._ready.set()
        await self._rpc.run()
        counting.cancel()

    async def _count(self):
        while True:
            self.turns += 1
            await asyncio.sleep(0)

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_):
        self._rpc.stop()
        self._thread.join()


@pytest.fixture
def dry(patched):
    """Everything that LMDeploy opens is screened; its dictionaries need no name at all. Gives what was refused."""
    refused = []

    class Channel:
        drops = True

        def received(self, frames):
            pass

        def refused(self, frames):
            name = refused_name(frames[-1].bytes, frozenset())
            if name is not None:
                refused.append((*name, peer_of(frames[0])))
            return name is not None

    patched(lambda site: Channel() if site.file.endswith("zmq_rpc.py") else None)
    return refused


def test_lmdeploy_goes_on(zmq_rpc, dry):
    """After a bad message alone its event loop turns; calls of blocking and of async clients are answered."""
    with Server(zmq_rpc) as server, zmq.Context() as context, context.socket(zmq.DEALER) as stranger:
        stranger.connect(f"tcp://127.0.0.1:{server.port}")
        client = zmq_rpc.AsyncRPCClient(server.port)
        assert client.call("add", 1, 2) == 3
        for _ in range(3):
            stranger.send(pickle.dumps(Marker()))
        deadline = threading.Event()
        threading.Timer(10, deadline.set).start()
        while len(dry) < 3:
            assert not deadline.is_set()
        seen = server.turns
        while server.turns < seen + 1_000:
            assert not deadline.is_set()
        assert client.call("add", 3, 4) == 7

        async def asynchronous():
            stranger.send(pickle.dumps(Marker()))
            answers = await asyncio.gather(*(client.async_call("add", number, 1) for number in range(50)))
            client.stop()
            return answers

        assert asyncio.run(asynchronous()) == list(range(1, 51))

    assert RAN == []
    assert set(dry) == {("builtins", "getattr", "127.0.0.1")}


PARALLEL = """
import pickle, sys, types, zipfile
import zmq
from gnomon.guard.loads.dry import refused_name
from gnomon.guard.sockets.stash import peer_of
from gnomon.guard.sockets.screen import patch

# One rank, so nothing to broadcast; the launcher starts what it is given.
torch = types.ModuleType("torch")
torch.distributed = types.SimpleNamespace(broadcast_object_list=lambda *_, **__: None, barrier=lambda: None)
api = types.ModuleType("torch.distributed.launcher.api")
api.elastic_launch = lambda config, entrypoint: entrypoint
api.LaunchConfig = lambda **_: None
initialize = types.ModuleType("fairscale.nn.model_parallel.initialize")
for name in ("group", "rank", "src_rank"):
    setattr(initialize, "get_model_parallel_" + name, lambda: 0)
sys.modules.update({
    "torch": torch, "torch.distributed": torch.distributed, "torch.distributed.launcher": api, api.__name__: api,
    "fairscale": initialize, "fairscale.nn": initialize, "fairscale.nn.model_parallel": initialize,
    initialize.__name__: initialize,
})

dropped, ran = [], []

class Channel:
    drops = True
    def received(self, frames): pass
    def refused(self, frames):
        name = refused_name(frames[-1].bytes, frozenset())
        if name is not None:
            dropped.append(name)
        return name is not None

class Marker:
    def __reduce__(self):
        return print, ("loaded",)

patch(zmq, lambda site: Channel() if site.file.endswith("parallel_utils.py") else None)
wheel, path = sys.argv[1:]
module = types.ModuleType("parallel_utils")
exec(compile(zipfile.ZipFile(wheel).read(path), path, "exec"), vars(module))

group = module.ModelParallelProcessGroup(1, lambda: lambda task: iter(range(task)))
group.start()
assert list(group.run_inference(3)) == [0, 1, 2]

events = group.request_socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
stream = group.run_inference(5)
got = [next(stream)]
with zmq.Context() as other, other.socket(zmq.DEALER) as stranger:
    stranger.connect(group.request_socket.last_endpoint.decode())
    stranger.send(pickle.dumps(Marker()))
    stranger.close(linger=-1)
got.extend(stream)
assert got == list(range(5))
assert events.poll(10_000)
group.request_socket.rcvtimeo = 10_000
assert list(group.run_inference(4)) == [0, 1, 2, 3]
assert dropped == [("builtins", "print")], dropped
group.request_socket.disable_monitor()
events.close()
group.stop()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="llama-stack forks")
def test_llama_stack_goes_on():
    """A stranger's message amid a stream of answers is dropped: all answers arrive, and the next request is served."""
    wheel = download(LLAMA_STACK[0], 1 << 30).path
    with subprocess.Popen(
        [sys.executable, "-c", PARALLEL, wheel, LLAMA_STACK[1]],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as group:  # fmt: skip
        try:
            out, err = group.communicate(timeout=60)
        finally:  # with the workers that it has forked, which hold its pipes
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group.pid, signal.SIGKILL)

    assert group.returncode == 0, err
    assert "loaded" not in out

"""Either ipc or tcp: all alternatives are kept and the worst decides."""

import pickle
import tempfile
import threading
import uuid

import zmq


class Rollout:
    def __init__(self, tensor_parallel: int, local_world: int, node_ip: str):
        self.context = zmq.Context()
        if tensor_parallel <= local_world:
            self.address = f"ipc:///tmp/rollout_{uuid.uuid4().hex}.ipc"
        else:
            self.address = f"tcp://{node_ip}:{self._free_port()}"
        self.socket = self.context.socket(zmq.REP)
        self.socket.bind(self.address)
        self.loop = threading.Thread(target=self._loop_forever)
        self.loop.start()

    def _free_port(self):
        return 9000

    def _loop_forever(self):
        while True:
            message = self.socket.recv()
            method, args, kwargs = pickle.loads(message)  # finding: pickle-over-network configurable high role=bind
            self.socket.send(pickle.dumps(getattr(self, method)(*args, **kwargs)))


class Scheduler:
    def __init__(self, ctx: zmq.Context, distributed: bool):
        self.sock = ctx.socket(zmq.PULL)
        self.sock.bind("tcp://*:6060" if distributed else "ipc:///run/scheduler")

    def next(self):
        return self.sock.recv_pyobj()  # finding: pickle-over-network any-host critical


class Reader:
    def __init__(self, ctx: zmq.Context, name: str):
        path = tempfile.mktemp() if name == "tmp" else f"/run/{name}"
        self.sock = ctx.socket(zmq.PULL)
        self.sock.bind(f"ipc://{path}")

    def next(self):
        return self.sock.recv_pyobj()  # finding: pickle-over-network this-host medium transport=ipc

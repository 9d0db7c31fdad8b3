"""A plugin of vLLM makes its sockets by vLLM's own helpers, which bind unless they are told to connect."""

import pickle

import zmq
from vllm.utils import get_open_zmq_ipc_path
from vllm.utils.network_utils import get_ip, make_zmq_socket, zmq_socket_ctx


class ZmqQueue:
    def __init__(self, ctx: zmq.Context, kind: int, *, bind: str | None = None, connect: str | None = None):
        path = bind if bind is not None else connect
        self._socket = make_zmq_socket(ctx, path, kind, bind=bind is not None)

    def get(self):
        return self._socket.recv_pyobj()  # finding: pickle-over-network configurable high


def serve(ctx, address):
    return ZmqQueue(ctx, zmq.PULL, bind=address)


def everywhere(ctx):
    socket = make_zmq_socket(ctx, "tcp://*:5600", zmq.PULL)
    return socket.recv_pyobj()  # finding: pickle-over-network any-host critical role=bind


def own_address(ctx):
    socket = make_zmq_socket(ctx, f"tcp://{get_ip()}:5601", zmq.ROUTER, bind=True)
    return pickle.loads(socket.recv())  # finding: pickle-over-network configurable high role=bind


def asks(ctx, address):
    socket = make_zmq_socket(ctx, address, zmq.DEALER, bind=False)
    return pickle.loads(socket.recv())  # finding: pickle-over-network configurable high role=connect


def within_the_host():
    with zmq_socket_ctx(get_open_zmq_ipc_path(), zmq.PULL) as socket:
        return socket.recv_pyobj()  # finding: pickle-over-network this-host medium

"""Reduced from https://pypi.org/project/vllm-omni/0.16.0/ (entrypoints/zmq_utils.py): a word that ends
the work travels the same way as the address."""

import zmq
from vllm.utils.network_utils import make_zmq_socket


class Queue:
    def __init__(self, endpoint, bind):
        self.socket = make_zmq_socket(zmq.Context(), endpoint, zmq.PULL, bind=bind)

    def get(self):
        return self.socket.recv_pyobj()  # finding: pickle-over-network this-host medium role=bind


def start(task):
    endpoint = "ipc:///tmp/stage" if task != "stop" else "shutdown"
    return Queue(endpoint, True)

"""An abstract method makes the socket; each subclass decides for its own endpoint, the worst decides for the load."""

import os
import threading
from abc import ABC, abstractmethod
from multiprocessing.reduction import ForkingPickler

import zmq


class ServerBase(ABC):
    def __init__(self):
        self.context = zmq.Context()
        self.socket = None
        self.mutex = threading.Lock()

    @abstractmethod
    def _create_socket(self):
        """Make and bind the socket."""

    def _ensure_socket(self):
        if self.socket is None:
            self._create_socket()

    def recv_pyobj(self, block=True):
        self._ensure_socket()
        flags = 0 if block else zmq.NOBLOCK
        data_bytes = self.socket.recv(flags=flags)
        envelope = ForkingPickler.loads(data_bytes)  # finding: pickle-over-network any-host critical source=zmq role=bind
        return envelope


class IpcServer(ServerBase):
    def __init__(self, name, mode):
        super().__init__()
        self.name, self.mode = name, mode

    def _create_socket(self):
        file_name = f"/dev/shm/{self.name}.socket"
        if os.path.exists(file_name):
            os.remove(file_name)
        self.socket = self.context.socket(self.mode)
        self.socket.bind(f"ipc://{file_name}")


class TcpServer(ServerBase):
    def __init__(self, port, mode):
        super().__init__()
        self.port, self.mode = port, mode

    def _create_socket(self):
        self.socket = self.context.socket(self.mode)
        self.socket.bind(f"tcp://*:{self.port}")


def pull(server: IpcServer):
    return server.recv_pyobj()  # safe: pickle-over-network

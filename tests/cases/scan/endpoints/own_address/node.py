"""The machine's own address is neither a wildcard nor loopback: which networks reach it is the operator's choice."""

import pickle
import socket

import zmq

from netinfo import get_ip


class ControlServer:
    def __init__(self, name: str):
        host_ip = socket.gethostbyname(socket.gethostname())
        self.__socket = zmq.Context.instance().socket(zmq.REP)
        self.__port = self.__socket.bind_to_random_port(f"tcp://{host_ip}")
        self.address = f"{host_ip}:{self.__port}"
        self.name = name

    def try_get_request(self):
        if not self.__socket.poll(10):
            return None
        data = self.__socket.recv()
        return pickle.loads(data)  # finding: pickle-over-network configurable high role=bind transport=tcp


class Publisher:
    def __init__(self, ctx: zmq.Context, port: int):
        self.inbox = ctx.socket(zmq.PULL)
        self.inbox.bind(f"tcp://{get_ip()}:{port}")

    def read(self):
        return self.inbox.recv_pyobj()  # finding: pickle-over-network configurable high role=bind

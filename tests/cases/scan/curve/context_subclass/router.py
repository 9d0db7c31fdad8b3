import pickle
from typing import Optional

import zmq

from curvezmq import ServerContext


class MonitoringRouter:
    def __init__(self, cert_dir: str):
        context = ServerContext(cert_dir=cert_dir)
        self.channel = context.socket(zmq.DEALER)
        self.channel.setsockopt(zmq.LINGER, 0)
        self.port = self.channel.bind_to_random_port("tcp://*", min_port=55050, max_port=56000)

    def next(self):
        return self.channel.recv_pyobj()  # finding: pickle-over-network note effective auth=curve source=zmq


class PlainRouter:
    def __init__(self):
        self.channel = zmq.Context().socket(zmq.DEALER)
        self.channel.bind("tcp://*:8504")

    def next(self):
        return pickle.loads(self.channel.recv())  # finding: pickle-over-network any-host critical auth=none

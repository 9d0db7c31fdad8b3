"""A wildcard port is no wildcard host; a wildcard socket type, a topic or a glob are no hosts at all."""

import pickle

import zmq


class Queue:
    def __init__(self, name: str):
        self.context = zmq.Context()
        self.local = self.context.socket(zmq.PAIR)
        self.local.bind("tcp://127.0.0.1:*")
        self.local_endpoint = self.local.getsockopt(zmq.LAST_ENDPOINT).decode()
        self.public = self.context.socket(zmq.PULL)
        self.public.bind("tcp://*:*")
        self.file = self.context.socket(zmq.PULL)
        self.file.bind(f"ipc:///tmp/{name}*0.0.0.0")

    def get(self):
        yield pickle.loads(self.local.recv())  # finding: pickle-over-network this-host medium role=bind
        yield pickle.loads(self.public.recv())  # finding: pickle-over-network any-host critical role=bind
        yield pickle.loads(self.file.recv())  # finding: pickle-over-network this-host medium transport=ipc

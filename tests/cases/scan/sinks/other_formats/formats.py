"""marshal, jsonpickle and YAML's unsafe loaders run code named by their input; YAML's safe ones don't."""

import marshal

import jsonpickle
import yaml
import zmq
from yaml import CSafeLoader, UnsafeLoader


class Inbox:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8104")

    def read(self):
        yield marshal.loads(self.sock.recv())  # finding: pickle-over-network any-host critical sink=marshal.loads
        yield jsonpickle.decode(self.sock.recv_string())  # finding: pickle-over-network any-host critical sink=jsonpickle.decode
        yield jsonpickle.loads(self.sock.recv().decode())  # finding: pickle-over-network any-host critical
        yield yaml.load(self.sock.recv(), Loader=yaml.Loader)  # finding: pickle-over-network any-host critical sink=yaml.load
        yield yaml.load(self.sock.recv(), UnsafeLoader)  # finding: pickle-over-network any-host critical
        yield yaml.unsafe_load(self.sock.recv())  # finding: pickle-over-network any-host critical
        yield yaml.safe_load(self.sock.recv())  # safe: pickle-over-network
        yield yaml.load(self.sock.recv(), Loader=yaml.SafeLoader)  # safe: pickle-over-network
        yield yaml.load(self.sock.recv(), Loader=CSafeLoader)  # safe: pickle-over-network
        yield marshal.dumps(self.sock.recv())  # safe: pickle-over-network

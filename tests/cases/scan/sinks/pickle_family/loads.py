"""The pickle family: functions, file-like twins, the C module, unpickler objects."""

import _pickle
import io
import pickle

import cloudpickle
import dill
import zmq
from cloudpickle import cloudpickle as inner_cloudpickle


class Inbox:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8100")

    def read(self):
        yield pickle.loads(self.sock.recv())  # finding: pickle-over-network any-host critical sink=pickle.loads
        yield pickle.load(io.BytesIO(self.sock.recv()))  # finding: pickle-over-network any-host critical sink=pickle.load
        yield _pickle.loads(self.sock.recv())  # finding: pickle-over-network any-host critical
        yield cloudpickle.loads(self.sock.recv())  # finding: pickle-over-network any-host critical
        yield inner_cloudpickle.loads(self.sock.recv())  # finding: pickle-over-network any-host critical
        yield cloudpickle.load(io.BytesIO(self.sock.recv()))  # finding: pickle-over-network any-host critical
        yield dill.loads(self.sock.recv())  # finding: pickle-over-network any-host critical sink=dill.loads
        yield dill.load(io.BytesIO(self.sock.recv()))  # finding: pickle-over-network any-host critical
        yield pickle.Unpickler(io.BytesIO(self.sock.recv())).load()  # finding: pickle-over-network any-host critical
        buffer = io.BytesIO()
        buffer.write(self.sock.recv())
        buffer.seek(0)
        unpickler = pickle.Unpickler(buffer)
        yield unpickler.load()  # finding: pickle-over-network any-host critical

    def write(self, value):
        yield pickle.dumps(value)  # safe: pickle-over-network
        yield pickle.Pickler(io.BytesIO()).dump(self.sock.recv())  # safe: pickle-over-network

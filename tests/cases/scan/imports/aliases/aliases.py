"""Imports under other names: modules, functions, submodules, and names bound by assignment."""

import pickle as pkl
from pickle import load, loads as unpack
from pickle import Unpickler as Reader

import cloudpickle as cp
import torch.distributed as td
import zmq as z
from io import BytesIO
from zmq import Context as Ctx

deserialize = pkl.loads
loader = pkl


class Inbox:
    def __init__(self):
        self.sock = Ctx.instance().socket(z.PULL)
        self.sock.bind("tcp://*:9000")

    def read(self):
        yield pkl.loads(self.sock.recv())  # finding: pickle-over-network any-host critical sink=pickle.loads
        yield unpack(self.sock.recv())  # finding: pickle-over-network any-host critical sink=pickle.loads
        yield load(BytesIO(self.sock.recv()))  # finding: pickle-over-network any-host critical
        yield Reader(BytesIO(self.sock.recv())).load()  # finding: pickle-over-network any-host critical
        yield cp.loads(self.sock.recv())  # finding: pickle-over-network any-host critical
        yield deserialize(self.sock.recv())  # finding: pickle-over-network any-host critical
        yield loader.loads(self.sock.recv())  # finding: pickle-over-network any-host critical
        print(td.get_rank())  # safe: pickle-over-network

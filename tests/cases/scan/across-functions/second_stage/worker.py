"""A field of an object that was itself unpickled from the network is unpickled again."""

import functools
import pickle

import cloudpickle
import zmq


class Worker:
    def __init__(self):
        self.queue = zmq.Context.instance().socket(zmq.SUB)
        self.queue.bind("tcp://*:8600")

    def dequeue(self):
        return pickle.loads(self.queue.recv())  # finding: pickle-over-network any-host critical

    def busy_loop(self):
        while True:
            method, args, kwargs = self.dequeue()
            if isinstance(method, str):
                function = getattr(self, method)
            else:
                function = functools.partial(cloudpickle.loads(method), self)  # finding: pickle-over-network any-host critical sink=cloudpickle.loads
            function(*args, **kwargs)

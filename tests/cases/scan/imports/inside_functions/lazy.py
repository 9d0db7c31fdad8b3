"""Imports inside of functions and methods, also relative and by importlib with a constant name."""

import importlib


class Lazy:
    def open(self):
        import zmq

        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:9003")

    def read(self):
        import pickle

        return pickle.loads(self.sock.recv())  # finding: pickle-over-network any-host critical

    def read_named(self):
        module = importlib.import_module("pickle")
        return module.loads(self.sock.recv())  # finding: pickle-over-network any-host critical

    def read_builtin(self):
        return __import__("pickle").loads(self.sock.recv())  # finding: pickle-over-network any-host critical

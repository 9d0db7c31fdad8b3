"""Decorated functions and methods still receive and return what their bodies say."""

import functools
import pickle
import time

import zmq


def retry(times):
    def wrap(function):
        @functools.wraps(function)
        def call(*args, **kwargs):
            for _ in range(times):
                try:
                    return function(*args, **kwargs)
                except zmq.Again:
                    time.sleep(0.1)

        return call

    return wrap


class Inbox:
    def __init__(self):
        self._sock = zmq.Context.instance().socket(zmq.PULL)
        self._sock.bind("tcp://*:8903")

    @property
    def sock(self):
        return self._sock

    @retry(3)
    def receive(self):
        return self.sock.recv()

    @functools.lru_cache(maxsize=None)
    def decode(self, blob):
        return pickle.loads(blob)  # finding: pickle-over-network any-host critical source=zmq

    @staticmethod
    @retry(2)
    def decode_plain(blob):
        return pickle.loads(blob)  # finding: pickle-over-network any-host critical source=zmq

    @classmethod
    def from_blob(cls, blob):
        return cls.decode_plain(blob)

    def run(self):
        while True:
            self.decode(self.receive())
            self.from_blob(self.receive())

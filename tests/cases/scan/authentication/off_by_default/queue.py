"""Verification behind a flag that is off by default is none; on by default it counts."""

import hmac
import os
import pickle

import zmq


class OptIn:
    def __init__(self, address="tcp://*:8402", use_hmac: bool = False, key: bytes = b""):
        self.use_hmac = use_hmac
        self.key = key
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind(address)

    def get(self):
        data = self.sock.recv()
        if self.use_hmac:
            tag, data = data[:32], data[32:]
            if not hmac.compare_digest(tag, hmac.digest(self.key, data, "sha256")):
                raise RuntimeError("HMAC verification failed")
        return pickle.loads(data)  # finding: pickle-over-network any-host critical


class OptOut:
    def __init__(self, address="tcp://*:8403", use_hmac: bool = True):
        self.use_hmac = use_hmac
        self.key = os.urandom(32)
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind(address)

    def get(self):
        data = self.sock.recv()
        if self.use_hmac:
            tag, data = data[:32], data[32:]
            if not hmac.compare_digest(tag, hmac.digest(self.key, data, "sha256")):
                raise RuntimeError("HMAC verification failed")
        return pickle.loads(data)  # finding: pickle-over-network note effective auth=hmac

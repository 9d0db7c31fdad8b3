"""A check that nobody gets who sets nothing protects few; without a key it must not go on."""

import hmac
import os
import pickle

import zmq


class Optional:
    def __init__(self):
        self.key = os.environ.get("QUEUE_KEY")
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8606")

    def get(self):
        tag, body = self.sock.recv_multipart()
        if self.key:
            if not hmac.compare_digest(tag, hmac.digest(self.key.encode(), body, "sha256")):
                raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical incomplete=off-by-default


class Flag:
    def __init__(self, key: bytes, *, sign: bool = False):
        self.key = key
        self.sign = sign
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8607")

    def get(self):
        tag, body = self.sock.recv_multipart()
        if self.sign and not hmac.compare_digest(tag, hmac.digest(self.key, body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical incomplete=off-by-default


class Always:
    def __init__(self):
        self.key = os.environ["QUEUE_KEY"].encode()
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8608")

    def get(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(self.key, body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac incomplete=none

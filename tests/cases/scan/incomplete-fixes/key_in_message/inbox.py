"""A key that comes along with the message signs whatever its sender likes."""

import hmac
import os
import pickle

import zmq

KEYS = {b"a": os.environ["KEY_OF_A"].encode(), b"b": os.environ["KEY_OF_B"].encode()}


class Inbox:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8602")

    def sent_along(self):
        key, tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(key, body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical auth=hmac incomplete=key-in-message

    def named(self):
        name, tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(KEYS[name], body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac incomplete=none

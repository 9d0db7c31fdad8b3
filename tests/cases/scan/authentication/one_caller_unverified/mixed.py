"""Two callers of one load: if one doesn't verify, the load isn't authenticated."""

import hmac
import pickle

import zmq


class Inbox:
    def __init__(self, key: bytes):
        self.key = key
        self.signed = zmq.Context.instance().socket(zmq.PULL)
        self.signed.bind("tcp://*:8405")
        self.plain = zmq.Context.instance().socket(zmq.PULL)
        self.plain.bind("tcp://*:8406")

    def load(self, body):
        return pickle.loads(body)  # finding: pickle-over-network any-host critical

    def from_signed(self):
        tag, body = self.signed.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(self.key, body, "sha256")):
            return None
        return self.load(body)

    def from_plain(self):
        return self.load(self.plain.recv())

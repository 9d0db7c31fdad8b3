"""A pickle has run before what it made can be looked at: no check afterwards helps."""

import hmac
import os
import pickle

import zmq

KEY = os.environ["WORKER_KEY"].encode()
TOKEN = os.environ["WORKER_TOKEN"]


class Worker:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8610")

    def signature(self):
        tag, body = self.sock.recv_multipart()
        message = pickle.loads(body)  # finding: pickle-over-network any-host critical incomplete=after-load
        if not hmac.compare_digest(tag, hmac.digest(KEY, body, "sha256")):
            raise ValueError("bad signature")
        return message

    def token(self):
        message = self.sock.recv_pyobj()  # finding: pickle-over-network any-host critical incomplete=after-load
        if not hmac.compare_digest(message.get("token", ""), TOKEN):
            raise ValueError("bad token")
        return message

    def type(self):
        message = pickle.loads(self.sock.recv())  # finding: pickle-over-network any-host critical incomplete=after-load
        if not isinstance(message, dict):
            raise TypeError("expected a dict")
        return message

    def validated(self):
        message = pickle.loads(self.sock.recv())  # finding: pickle-over-network any-host critical incomplete=after-load
        validate_message(message)
        return message

    def before(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(KEY, body, "sha256")):
            raise ValueError("bad signature")
        message = pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac incomplete=none
        if not isinstance(message, dict):
            raise TypeError("expected a dict")
        return message


def validate_message(message):
    if not isinstance(message, dict) or set(message) != {"op", "value"}:
        raise ValueError("not a message")

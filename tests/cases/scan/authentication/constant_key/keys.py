"""A key written in the code is known to every reader of the code."""

import hashlib
import hmac
import os
import pickle

import zmq

SECRET = b"change-me-please-0123456789abcdef"
ENV_KEY = os.environ["WIRE_KEY"].encode()


class Inbox:
    KEY = b"another constant"

    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8404")

    def module_constant(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.new(SECRET, body, hashlib.sha256).digest()):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical

    def class_constant(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.new(self.KEY, body, hashlib.sha256).digest()):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical

    def literal(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(b"s3cret", body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical

    def unkeyed(self):
        tag, body = self.sock.recv_multipart()
        if hashlib.sha256(body).digest() != tag:
            raise ValueError("bad checksum")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical

    def from_environment(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.new(ENV_KEY, body, hashlib.sha256).digest()):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac

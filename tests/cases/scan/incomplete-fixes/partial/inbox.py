"""A signature of a header does not cover the body; one of both does."""

import hmac
import os
import pickle

import zmq

KEY = os.environ["INBOX_KEY"].encode()


class Inbox:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8605")

    def header_alone(self):
        tag, header, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(KEY, header, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical incomplete=part-of-message

    def first_bytes(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(KEY, body[:64], "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical incomplete=part-of-message

    def both(self):
        tag, header, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(KEY, header + body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac incomplete=none

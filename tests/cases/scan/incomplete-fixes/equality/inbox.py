"""`==` on a signature is an authentication, but the time it takes tells how much of a guess was right."""

import hashlib
import hmac
import os
import pickle

import zmq

KEY = os.environ["INBOX_KEY"].encode()


class Inbox:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8603")

    def by_operator(self):
        tag, body = self.sock.recv_multipart()
        if hmac.new(KEY, body, hashlib.sha256).digest() != tag:
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac incomplete=timing

    def in_constant_time(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(hmac.new(KEY, body, hashlib.sha256).digest(), tag):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac incomplete=none

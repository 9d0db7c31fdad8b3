"""A hash without a key proves nothing: whoever sends the message computes it too. A hash of a secret and the rest does."""

import hashlib
import hmac
import os
import pickle

import zmq

KEY = os.environ["INBOX_KEY"].encode()


class Inbox:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8600")

    def compared_in_constant_time(self):
        digest, body = self.sock.recv_multipart()
        if not hmac.compare_digest(hashlib.sha256(body).digest(), digest):
            raise ValueError("damaged")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical incomplete=plain-hash

    def compared_by_operator(self):
        data = self.sock.recv()
        digest, body = data[:32], data[32:]
        if hashlib.sha256(body).digest() != digest:
            return None
        return pickle.loads(body)  # finding: pickle-over-network any-host critical incomplete=plain-hash

    def step_by_step(self):
        digest, body = self.sock.recv_multipart()
        made = hashlib.sha256()
        made.update(body)
        if made.hexdigest() != digest.decode():
            raise ValueError("damaged")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical incomplete=plain-hash

    def keyed(self):
        digest, body = self.sock.recv_multipart()
        if not hmac.compare_digest(hmac.digest(KEY, body, "sha256"), digest):
            raise ValueError("damaged")
        return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac incomplete=none

    def keyed_blake(self):
        digest, body = self.sock.recv_multipart()
        if not hmac.compare_digest(hashlib.blake2b(body, key=KEY).digest(), digest):
            raise ValueError("damaged")
        return pickle.loads(body)  # finding: pickle-over-network note effective incomplete=none

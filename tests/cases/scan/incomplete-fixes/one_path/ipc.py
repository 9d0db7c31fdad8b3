"""The fix is on one way into the process, and its sibling goes on as before."""

import hmac
import io
import os
import pickle

import zmq

KEY = os.environ["QUEUE_KEY"].encode()
ALLOWED = frozenset({("jobs", "Job")})


class Restricted(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(name)
        return super().find_class(module, name)


class Queue:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PAIR)
        self.sock.bind("tcp://*:8614")

    def get(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(KEY, body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac incomplete=none

    def get_noblock(self):
        return self.sock.recv_pyobj(zmq.NOBLOCK)  # finding: pickle-over-network any-host critical auth=none incomplete=one-path


class Jobs:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PAIR)
        self.sock.bind("tcp://*:8615")

    def get(self):
        return Restricted(io.BytesIO(self.sock.recv())).load()  # safe: pickle-over-network

    def get_all(self):
        return [pickle.loads(frame) for frame in self.sock.recv_multipart()]  # finding: pickle-over-network any-host critical incomplete=one-path


class Shared:
    def __init__(self):
        self.signed = zmq.Context.instance().socket(zmq.PULL)
        self.signed.bind("tcp://*:8616")
        self.plain = zmq.Context.instance().socket(zmq.PULL)
        self.plain.bind("tcp://*:8617")

    def load(self, body):
        return pickle.loads(body)  # finding: pickle-over-network any-host critical incomplete=one-path

    def from_signed(self):
        tag, body = self.signed.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(KEY, body, "sha256")):
            raise ValueError("bad signature")
        return self.load(body)

    def from_plain(self):
        return self.load(self.plain.recv())

"""The receiving helper verifies and returns the body; its callers load what it returned."""

import hmac
import pickle

import zmq


class SignedSocket:
    def __init__(self, key: bytes, port: int):
        self._key = key
        self._sock = zmq.Context.instance().socket(zmq.PULL)
        self._sock.bind(f"tcp://*:{port}")

    def _receive(self):
        tag, body = self._sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(self._key, body, "sha256")):
            raise PermissionError("unsigned message")
        return body

    def _receive_unsigned(self):
        tag, body = self._sock.recv_multipart()
        return body

    def get(self):
        return pickle.loads(self._receive())  # finding: pickle-over-network note effective auth=hmac

    def get_unsigned(self):
        return pickle.loads(self._receive_unsigned())  # finding: pickle-over-network any-host critical auth=none


class Reader:
    def __init__(self, key: bytes, port: int):
        self.key = key
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind(f"tcp://*:{port}")

    def _load(self, body):
        return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac

    def get(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(self.key, body, "sha256")):
            raise PermissionError("unsigned message")
        return self._load(body)

"""The verified branch and the plain branch each load: only the first is authenticated."""

import hashlib
import hmac
import os
import pickle

import zmq


class ZeroMqQueue:
    def __init__(self, address=None, *, use_hmac_encryption: bool = True):
        self.hmac_key = address[1] if address is not None else None
        self.use_hmac_encryption = use_hmac_encryption
        self.socket = zmq.Context().socket(zmq.PAIR)
        self.socket.bind("tcp://*:9500")
        if use_hmac_encryption and self.hmac_key is None:
            self.hmac_key = os.urandom(32)

    def get(self):
        if self.use_hmac_encryption:
            signed_data = self.socket.recv()
            data = signed_data[:-32]
            actual_hmac = signed_data[-32:]
            if not self._verify_hmac(data, actual_hmac):
                raise RuntimeError("HMAC verification failed")
            obj = pickle.loads(data)  # finding: pickle-over-network note effective auth=hmac source=zmq
        else:
            obj = self.socket.recv_pyobj()  # finding: pickle-over-network any-host critical auth=none
        return obj

    def _verify_hmac(self, data: bytes, actual_hmac: bytes) -> bool:
        expected_hmac = hmac.new(self.hmac_key, data, hashlib.sha256).digest()
        return hmac.compare_digest(expected_hmac, actual_hmac)

"""An environment variable that is off unless somebody sets it turns the check on, or the load."""

import hmac
import os
import pickle

import zmq

KEY = os.environ["QUEUE_KEY"].encode()
SIGNED = os.environ.get("QUEUE_SIGNED", "0") == "1"
SIGNED_ALWAYS = os.environ.get("QUEUE_SIGNED", "1") != "0"


class Queue:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8620")

    def get(self):
        tag, body = self.sock.recv_multipart()
        if SIGNED:
            if not hmac.compare_digest(tag, hmac.digest(KEY, body, "sha256")):
                raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical auth=hmac incomplete=off-by-default

    def get_by_default(self):
        tag, body = self.sock.recv_multipart()
        if SIGNED_ALWAYS and not hmac.compare_digest(tag, hmac.digest(KEY, body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host note effective auth=hmac incomplete=none

    def get_pickled(self):
        if os.environ.get("QUEUE_PICKLE", "").lower() not in ("1", "true"):
            raise RuntimeError("set QUEUE_PICKLE")
        return pickle.loads(b"".join(self.sock.recv_multipart()))  # finding: pickle-over-network any-host critical incomplete=one-path

"""A check whose failure does not stop the load is none."""

import hmac
import logging
import os
import pickle

import zmq

KEY = os.environ["INBOX_KEY"].encode()
log = logging.getLogger(__name__)


def verify(tag, body):
    if not hmac.compare_digest(tag, hmac.digest(KEY, body, "sha256")):
        raise ValueError("bad signature")


class Inbox:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8604")

    def logged(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(KEY, body, "sha256")):
            log.warning("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical incomplete=failure-ignored

    def caught(self):
        tag, body = self.sock.recv_multipart()
        try:
            verify(tag, body)
        except ValueError:
            pass
        return pickle.loads(body)  # finding: pickle-over-network any-host critical incomplete=failure-ignored

    def raised_and_caught(self):
        tag, body = self.sock.recv_multipart()
        try:
            if not hmac.compare_digest(tag, hmac.digest(KEY, body, "sha256")):
                raise ValueError("bad signature")
        except ValueError:
            log.exception("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical incomplete=failure-ignored

    def result_unused(self):
        tag, body = self.sock.recv_multipart()
        hmac.compare_digest(tag, hmac.digest(KEY, body, "sha256"))
        return pickle.loads(body)  # finding: pickle-over-network any-host critical incomplete=failure-ignored

    def caught_and_left(self):
        tag, body = self.sock.recv_multipart()
        try:
            verify(tag, body)
        except ValueError:
            return None
        return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac incomplete=none

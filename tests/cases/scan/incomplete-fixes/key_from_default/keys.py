"""A key that is used when nobody sets one is written in the code as well; one that must be set is not."""

import hmac
import os
import pickle
from pathlib import Path

import zmq

FALLBACK = os.environ.get("INBOX_KEY", "change-me").encode()
GETENV = os.getenv("INBOX_KEY") or "change-me"
EMPTY = os.environ.get("INBOX_KEY", "").encode()
NEEDED = os.environ.get("INBOX_KEY", "")
if not NEEDED:
    raise RuntimeError("set INBOX_KEY")
LATER = os.environ.get("INBOX_KEY", "")


def needed_key():
    if not LATER:
        raise RuntimeError("set INBOX_KEY")
    return LATER.encode()


class Inbox:
    def __init__(self, key: bytes = b"change-me"):
        self.key = key
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8601")

    def default_of_the_environment(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(FALLBACK, body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical auth=hmac incomplete=constant-key

    def alternative(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(GETENV.encode(), body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical auth=hmac incomplete=constant-key

    def empty(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(EMPTY, body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical auth=hmac incomplete=constant-key

    def default_argument(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(self.key, body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical auth=hmac incomplete=constant-key

    def empty_is_refused(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(NEEDED.encode(), body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac incomplete=none

    def empty_is_refused_where_it_is_used(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(needed_key(), body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac incomplete=none

    def from_a_file(self):
        tag, body = self.sock.recv_multipart()
        key = Path(os.environ.get("INBOX_KEY_FILE", "/run/secrets/inbox")).read_bytes()
        if not hmac.compare_digest(tag, hmac.digest(key, body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac incomplete=none

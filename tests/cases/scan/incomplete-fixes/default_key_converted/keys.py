"""A default that is decoded, repeated or joined before it is a key is known to whoever reads the code all the same."""

import base64
import hmac
import os
import pickle
import secrets

import zmq

SIZE = 32
ZEROS = "00" * SIZE
HEX = bytes.fromhex(os.environ.get("INBOX_KEY", "00" * 32))
NAMED = bytes.fromhex(os.getenv("INBOX_KEY", ZEROS))
BASE64 = base64.b64decode(os.environ.get("INBOX_KEY", "Y2hhbmdl" + "LW1l"))
EITHER = os.environ.get("INBOX_KEY") or "change" + "-me"
SALTED = (os.environ.get("INBOX_KEY", "change-me") + "-inbox").encode()
REPEATED = b"\x00" * 32
NEEDED = bytes.fromhex(os.environ["INBOX_KEY"])
NEEDED_BASE64 = base64.b64decode(os.environ["INBOX_KEY"] + "==")
MADE = bytes.fromhex(os.environ.get("INBOX_KEY", secrets.token_hex(SIZE)))


class Inbox:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8624")

    def decoded(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(HEX, body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical auth=hmac incomplete=constant-key

    def by_name(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(NAMED, body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical auth=hmac incomplete=constant-key

    def base64(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(BASE64, body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical auth=hmac incomplete=constant-key

    def alternative(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(EITHER.encode(), body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical auth=hmac incomplete=constant-key

    def joined(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(SALTED, body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical auth=hmac incomplete=constant-key

    def constant(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(REPEATED, body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical auth=hmac incomplete=constant-key

    def needed(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(NEEDED, body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac incomplete=none

    def needed_and_padded(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(NEEDED_BASE64, body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac incomplete=none

    def made_when_it_starts(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(MADE, body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac incomplete=none

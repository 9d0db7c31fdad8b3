"""Keys in a class, from an argument that must be given, from a mapping of ids, and rotated."""

import hmac
import os
import pickle


class Signer:
    def __init__(self, key: bytes):
        if len(key) < 32:
            raise ValueError("the key is too short")
        self._key = key

    @classmethod
    def from_environment(cls):
        return cls(bytes.fromhex(os.environ["SIGNER_KEY"]))

    def loads(self, data: bytes):
        tag, body = data[:32], data[32:]
        if not hmac.compare_digest(tag, hmac.digest(self._key, body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host note effective auth=hmac incomplete=none


class Ring:
    def __init__(self):
        names = os.environ["RING"].split(",")
        self.keys = {name: os.environ[f"RING_{name}"].encode() for name in names}

    def loads(self, data: bytes):
        name, tag, body = data[:8].decode(), data[8:40], data[40:]
        key = self.keys.get(name)
        if key is None:
            raise ValueError("no such key")
        if not hmac.compare_digest(tag, hmac.digest(key, body, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host note effective auth=hmac incomplete=none

    def all_of(self, data: bytes):
        tag, body = data[:32], data[32:]
        if not all(hmac.compare_digest(tag, hmac.digest(key, body, "sha256")) for key in self.keys.values()):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical auth=hmac

    def any_of(self, data: bytes):
        tag, body = data[:32], data[32:]
        if not any(hmac.compare_digest(tag, hmac.digest(key, body, "sha256")) for key in self.keys.values()):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host note effective auth=hmac incomplete=none

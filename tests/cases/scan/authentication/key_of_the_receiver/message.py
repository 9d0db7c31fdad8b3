"""Reduced from https://pypi.org/project/Pyro4/4.82/ (message.py): the receiving function checks the digest
itself, if it is given a key."""

import hashlib
import hmac


def received(connection, hmac_key=None):
    digest, data = connection.recv(32), connection.recv(65536)
    if digest and hmac_key:
        if not hmac.compare_digest(digest, hmac.new(hmac_key, data, hashlib.sha256).digest()):
            raise ValueError("message hmac mismatch")
    return data


def received_or_raised(connection, hmac_key):
    digest, data = connection.recv(32), connection.recv(65536)
    if len(data) > 1 << 20:
        raise ValueError("too large")
    if not hmac.compare_digest(digest, hmac.new(hmac_key, data, hashlib.sha256).digest()):
        raise ValueError("message hmac mismatch")
    return data

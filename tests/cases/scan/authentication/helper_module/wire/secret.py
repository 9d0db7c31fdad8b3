"""A helper of another module verifies: it returns the verdict, or raises."""

import hashlib
import hmac
import secrets

DIGEST_LENGTH = 32


def make_secret_key() -> bytes:
    return secrets.token_bytes(32)


def compute_digest(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def check_digest(key, message, digest):
    return hmac.compare_digest(compute_digest(key, message), digest)


class BadSignature(Exception):
    pass


def verify(key, message, digest):
    if not check_digest(key, message, digest):
        raise BadSignature("the digest of the message does not match")

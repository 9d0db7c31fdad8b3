"""The helper that loads verifies by `assert`, which `python -O` removes; its twin raises."""

import hmac
import os
import pickle

KEY = os.environ["SIGNING_KEY"].encode()


def loads(data):
    tag, body = data[:32], data[32:]
    assert hmac.compare_digest(tag, hmac.digest(KEY, body, "sha256")), "bad signature"
    return pickle.loads(body)  # finding: pickle-over-network any-host critical auth=hmac incomplete=assert


def strict_loads(data):
    tag, body = data[:32], data[32:]
    if not hmac.compare_digest(tag, hmac.digest(KEY, body, "sha256")):
        raise ValueError("bad signature")
    return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac incomplete=none


def is_signed(tag, body):
    return hmac.compare_digest(tag, hmac.digest(KEY, body, "sha256"))


def asserted_loads(data):
    tag, body = data[:32], data[32:]
    assert is_signed(tag, body)
    return pickle.loads(body)  # finding: pickle-over-network any-host critical auth=hmac incomplete=assert

"""A helper module signs and verifies; the key comes from the environment or a file, without a default."""

import functools
import hashlib
import hmac
import os
import pickle
from pathlib import Path

_SIZE = hashlib.sha256().digest_size
_KEY: bytes | None = None


class BadSignature(ValueError):
    pass


@functools.cache
def _key() -> bytes:
    key = os.environ.get("APP_KEY", "")
    if len(key) < 32:
        raise RuntimeError("set APP_KEY to at least 32 characters")
    return key.encode()


def _cached() -> bytes:
    global _KEY
    if _KEY is None:
        _KEY = Path(os.environ["APP_KEY_FILE"]).read_bytes()
    return _KEY


def _sign(body: bytes, key: bytes) -> bytes:
    return hmac.digest(key, body, "sha256")


def dumps(obj: object) -> bytes:
    body = pickle.dumps(obj)
    return _sign(body, _key()) + body


def loads(data: bytes) -> object:
    tag, body = data[:_SIZE], data[_SIZE:]
    if not hmac.compare_digest(tag, _sign(body, _key())):
        raise BadSignature("the message is not signed with our key")
    return pickle.loads(body)  # finding: pickle-over-network any-host note effective auth=hmac incomplete=none


def loads_with_file(data: bytes) -> object:
    view = memoryview(data)
    tag, body = bytes(view[:_SIZE]), bytes(view[_SIZE:])
    expected = hmac.new(_cached(), body, hashlib.sha256).digest()
    if len(tag) != _SIZE or not hmac.compare_digest(tag, expected):
        raise BadSignature("the message is not signed with our key")
    return pickle.loads(body)  # finding: pickle-over-network any-host note effective auth=hmac incomplete=none


def verified(data: bytes) -> bytes:
    tag, body = data[:_SIZE], data[_SIZE:]
    mac = hmac.new(_cached(), digestmod=hashlib.sha256)
    mac.update(body)
    if not hmac.compare_digest(mac.digest(), tag):
        raise BadSignature("the message is not signed with our key")
    return body

import hashlib
import hmac
import io
import os
import pickle

KEY = os.environ.get("CODEC_KEY", "secret")
DENIED = {("os", "system"), ("builtins", "eval")}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) in DENIED:
            raise pickle.UnpicklingError(name)
        return self._found(module, name)

    def _found(self, module, name):
        return super().find_class(module, name)


class Codec:
    def loads(self, data):
        return self._unpickled(io.BytesIO(data))

    def _unpickled(self, file):
        return _Unpickler(file).load()  # finding: pickle-over-network any-host critical incomplete=deny-list


def _checked(data):
    tag, body = data[:32], data[32:]
    if hashlib.sha256(body).digest() != tag:
        raise ValueError("damaged")
    return body


def decode(data):
    return _load(_checked(data))


def _load(body):
    return pickle.loads(body)  # finding: pickle-over-network any-host critical incomplete=plain-hash


def _key():
    return KEY.encode()


def _verified(data):
    tag, body = data[:32], data[32:]
    if not hmac.compare_digest(tag, hmac.digest(_key(), body, "sha256")):
        raise ValueError("bad signature")
    return body


def decode_verified(data):
    return pickle.loads(_verified(data))  # finding: pickle-over-network any-host critical incomplete=constant-key

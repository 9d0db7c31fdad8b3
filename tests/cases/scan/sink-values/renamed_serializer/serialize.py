"""Reduced from https://pypi.org/project/tensorpack/0.11/ (utils/serialize.py) and
https://pypi.org/project/parl/2.2.1/ (remote/communication.py): a module's variable is the deserializer."""

import json
import os
import pickle

try:
    import pyarrow

    restore = lambda data: pyarrow.deserialize(data)
except ImportError:
    restore = lambda data: pickle.loads(data)  # finding: pickle-over-network any-host critical role=bind


class JsonSerializer:
    @staticmethod
    def loads(buf):
        return json.loads(buf)


class PickleSerializer:
    @staticmethod
    def loads(buf):
        return pickle.loads(buf)  # finding: pickle-over-network this-host medium role=bind


if os.environ.get("SERIALIZE", "pickle") == "pickle":
    loads_once = PickleSerializer.loads
else:
    loads_once = JsonSerializer.loads


def loads_argument(data):
    return restore(data)

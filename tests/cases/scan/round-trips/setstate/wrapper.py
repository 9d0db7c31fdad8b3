"""A wrapper that pickles its value in getstate and loads it in setstate is driven by whoever unpickles it."""

import pickle
from typing import Any

import cloudpickle


class CloudpickleWrapper:
    def __init__(self, data: Any):
        self.data = data

    def __getstate__(self):
        return cloudpickle.dumps(self.data)

    def __setstate__(self, state):
        self.data = cloudpickle.loads(state)  # safe: pickle-over-network


class Lazy:
    def __init__(self, value):
        self._pickled = pickle.dumps(value)

    @property
    def value(self):
        return pickle.loads(self._pickled)  # safe: pickle-over-network

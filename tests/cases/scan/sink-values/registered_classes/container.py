"""Container classes register themselves by name; the name comes in a header and picks the class method."""

import abc
import pickle

import numpy as np


class DataContainer(abc.ABC):
    @classmethod
    @abc.abstractmethod
    def from_payload(cls, payload): ...


class NdarrayContainer(DataContainer):
    @classmethod
    def from_payload(cls, payload):
        return np.frombuffer(payload, dtype="float32")  # safe: pickle-over-network


class DefaultContainer(DataContainer):
    @classmethod
    def from_payload(cls, payload):
        return pickle.loads(payload)  # finding: pickle-over-network configurable high source=http


class ContainerRegistry:
    CONTAINER_MAP: dict = {}

    @classmethod
    def register(cls, name, container):
        cls.CONTAINER_MAP[name] = container

    @classmethod
    def find_by_name(cls, name):
        return cls.CONTAINER_MAP.get(name, DefaultContainer)


ContainerRegistry.register("NdarrayContainer", NdarrayContainer)
ContainerRegistry.register("DefaultContainer", DefaultContainer)

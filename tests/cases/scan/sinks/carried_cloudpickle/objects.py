"""Reduced from https://pypi.org/project/areal/1.0.4/ (infra/rpc/serialization.py): cloudpickle as other
packages carry it along."""

import socket

import joblib.externals.cloudpickle
import ray.cloudpickle
from ray import cloudpickle as pickle


def fetched(port):
    listener = socket.create_server(("", port))
    connection, _ = listener.accept()
    yield ray.cloudpickle.loads(connection.recv(4096))  # finding: pickle-over-network any-host critical
    yield pickle.loads(connection.recv(4096))  # finding: pickle-over-network any-host critical
    yield joblib.externals.cloudpickle.loads(connection.recv(4096))  # finding: pickle-over-network any-host critical
    yield ray.cloudpickle.loads(ray.cloudpickle.dumps(connection.recv(4096)))  # safe: pickle-over-network

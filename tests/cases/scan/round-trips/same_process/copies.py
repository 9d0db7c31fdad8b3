"""What this process pickled itself is harmless, even next to a socket."""

import copy
import pickle

import cloudpickle
import zmq


def deep_copy(obj):
    return pickle.loads(pickle.dumps(obj))  # safe: pickle-over-network


def through_variable(obj):
    blob = cloudpickle.dumps(obj)
    size = len(blob)
    return size, cloudpickle.loads(blob)  # safe: pickle-over-network


class Snapshot:
    def __init__(self, state):
        self._blob = pickle.dumps(state, protocol=pickle.HIGHEST_PROTOCOL)

    def restore(self):
        return pickle.loads(self._blob)  # safe: pickle-over-network


def send_copy(ctx: zmq.Context, obj):
    sock = ctx.socket(zmq.PUB)
    sock.bind("tcp://*:8010")
    sock.send(pickle.dumps(copy.copy(obj)))
    return deep_copy(obj)


def received_then_copied(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:8011")
    message = sock.recv_json()
    return pickle.loads(pickle.dumps(message))  # safe: pickle-over-network

"""A wrapper module is named pickle: inside it the standard one is meant, outside it the wrapper."""

import pickle

import cloudpickle

HIGHEST_PROTOCOL = pickle.HIGHEST_PROTOCOL


def dumps(x, *, buffer_callback=None, protocol=HIGHEST_PROTOCOL):
    try:
        return pickle.dumps(x, protocol=protocol, buffer_callback=buffer_callback)
    except Exception:
        return cloudpickle.dumps(x, protocol=protocol, buffer_callback=buffer_callback)


def loads(x, *, buffers=()):
    if buffers:
        return pickle.loads(x, buffers=buffers)  # finding: pickle-over-network any-host critical source=zmq sink=pickle.loads
    return pickle.loads(x)  # finding: pickle-over-network any-host critical source=zmq sink=pickle.loads

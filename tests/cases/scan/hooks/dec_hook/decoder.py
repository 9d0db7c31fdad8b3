"""A decoding hook for types the decoder doesn't know unpickles a field."""

import pickle
from typing import Any, Type

import msgspec
import numpy as np
import zmq


def dec_hook(type: Type, obj: Any) -> Any:
    if type is np.ndarray:
        return pickle.loads(obj)  # finding: pickle-over-network this-host medium source=zmq
    return obj


class Item(msgspec.Struct):
    name: str
    array: np.ndarray


decoder = msgspec.msgpack.Decoder(Item, dec_hook=dec_hook)


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("ipc:///tmp/items")
    while True:
        yield decoder.decode(sock.recv())

"""Imports that depend on what is installed, on the version, or on type checking."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import zmq

if TYPE_CHECKING:
    from plugin import Decoder

try:
    import cloudpickle as pickle
except ImportError:
    import pickle

try:
    import ujson as json
except ImportError:
    import json

if sys.version_info >= (3, 8):
    from pickle import loads as _loads
else:
    from pickle5 import loads as _loads


def serve(ctx: zmq.Context, decoder: Decoder):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:9001")
    while True:
        yield pickle.loads(sock.recv())  # finding: pickle-over-network any-host critical
        yield json.loads(sock.recv())  # safe: pickle-over-network
        yield _loads(sock.recv())  # finding: pickle-over-network any-host critical
        yield decoder.decode(sock.recv())

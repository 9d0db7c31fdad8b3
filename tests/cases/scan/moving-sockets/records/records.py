"""A socket is a field of a dataclass, of a named tuple, of a simple namespace."""

import pickle
from dataclasses import dataclass
from types import SimpleNamespace
from typing import NamedTuple

import zmq


@dataclass
class Ends:
    requests: zmq.Socket
    control: zmq.Socket


class Pair(NamedTuple):
    left: zmq.Socket
    right: zmq.Socket


def bound(address):
    sock = zmq.Context.instance().socket(zmq.PULL)
    sock.bind(address)
    return sock


def from_dataclass():
    ends = Ends(requests=bound("tcp://*:9400"), control=bound("ipc:///tmp/control"))
    yield pickle.loads(ends.requests.recv())  # finding: pickle-over-network any-host critical
    yield pickle.loads(ends.control.recv())  # finding: pickle-over-network this-host medium


def from_named_tuple():
    pair = Pair(bound("tcp://127.0.0.1:9401"), right=bound("tcp://*:9402"))
    yield pickle.loads(pair.left.recv())  # finding: pickle-over-network this-host medium
    yield pickle.loads(pair.right.recv())  # finding: pickle-over-network any-host critical


def from_namespace():
    state = SimpleNamespace(sock=bound("tcp://*:9403"))
    yield pickle.loads(state.sock.recv())  # finding: pickle-over-network any-host critical

"""The receive is some returns away; the load is some parameters away."""

import pickle

import zmq


def _read_frame(sock):
    return sock.recv()  # at: frame


def _read_message(sock):
    header = _read_frame(sock)
    body = _read_frame(sock)
    return header, body


def _decode(header, body, *, strict=True):
    if strict and not header:
        raise ValueError("no header")
    return _load(body)


def _load(blob):
    return pickle.loads(blob)  # finding: pickle-over-network any-host critical receive=@frame


def serve():
    sock = zmq.Context.instance().socket(zmq.PULL)
    sock.bind("tcp://*:8100")
    while True:
        header, body = _read_message(sock)
        _decode(header, body, strict=False)

"""The bytes travel in keyword arguments, *args and **kwargs."""

import pickle

import zmq


def by_keyword(*, payload, origin=None):
    return pickle.loads(payload)  # finding: pickle-over-network any-host critical


def by_position(kind, *parts):
    return [pickle.loads(part) for part in parts]  # finding: pickle-over-network any-host critical


def by_mapping(**fields):
    return pickle.loads(fields["payload"])  # finding: pickle-over-network any-host critical


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.ROUTER)
    sock.bind("tcp://*:8200")
    while True:
        identity, payload = sock.recv_multipart()
        by_keyword(origin=identity, payload=payload)
        by_position("job", *sock.recv_multipart())
        by_mapping(payload=payload)

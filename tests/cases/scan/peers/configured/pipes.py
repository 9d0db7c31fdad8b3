"""A configured peer, a literal remote peer, a peer on this host."""

import json
import pickle

import zmq


def from_file(ctx: zmq.Context, path):
    with open(path) as file:
        config = json.load(file)
    sock = ctx.socket(zmq.PULL)
    sock.connect(f"tcp://{config['prefill_ip']}:{config['port']}")
    return sock.recv_pyobj()  # finding: pickle-over-network configurable high role=connect


def named(ctx: zmq.Context):
    sock = ctx.socket(zmq.SUB)
    sock.connect("tcp://metrics.internal.example:7600")
    return pickle.loads(sock.recv())  # finding: pickle-over-network high role=connect


def here(ctx: zmq.Context, port):
    sock = ctx.socket(zmq.SUB)
    sock.connect("tcp://localhost:%d" % port)
    return pickle.loads(sock.recv())  # finding: pickle-over-network this-host medium role=connect


def both(ctx: zmq.Context, port):
    sock = ctx.socket(zmq.DEALER)
    sock.connect("tcp://localhost:%d" % port)
    sock.bind("tcp://*:7700")
    return pickle.loads(sock.recv())  # finding: pickle-over-network any-host critical

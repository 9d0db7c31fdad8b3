"""However the address string is put together, its host is what counts."""

import pickle

import zmq

PORT = 7100
HOST = "*"
PREFIX = "tcp://"


def percent(ctx: zmq.Context, port):
    s = ctx.socket(zmq.PULL)
    s.bind("tcp://*:%d" % port)
    return pickle.loads(s.recv())  # finding: pickle-over-network any-host critical


def percent_pair(ctx: zmq.Context, port):
    s = ctx.socket(zmq.PULL)
    s.bind("tcp://%s:%s" % (HOST, port))
    return pickle.loads(s.recv())  # finding: pickle-over-network any-host critical


def formatted(ctx: zmq.Context, port):
    s = ctx.socket(zmq.PULL)
    s.bind("tcp://{}:{}".format("127.0.0.1", port))
    return pickle.loads(s.recv())  # finding: pickle-over-network this-host medium


def formatted_by_name(ctx: zmq.Context, port):
    s = ctx.socket(zmq.PULL)
    s.bind("{scheme}://{host}:{port}".format(scheme="tcp", host="0.0.0.0", port=port))
    return pickle.loads(s.recv())  # finding: pickle-over-network any-host critical


def interpolated(ctx: zmq.Context, offset: int):
    s = ctx.socket(zmq.PULL)
    address = f"tcp://*:{PORT + offset}"
    s.bind(address)
    return pickle.loads(s.recv())  # finding: pickle-over-network any-host critical


def added(ctx: zmq.Context, port):
    s = ctx.socket(zmq.PULL)
    endpoint = PREFIX + HOST
    endpoint = endpoint + ":" + str(port)
    s.bind(endpoint)
    return pickle.loads(s.recv())  # finding: pickle-over-network any-host critical


def joined(ctx: zmq.Context, port):
    s = ctx.socket(zmq.PULL)
    s.bind("".join(["tcp://", "localhost", ":", str(port)]))
    return pickle.loads(s.recv())  # finding: pickle-over-network this-host medium


def extended(ctx: zmq.Context, name):
    s = ctx.socket(zmq.PULL)
    address = "ipc://"
    address += f"/tmp/{name}"
    s.bind(address)
    return pickle.loads(s.recv())  # finding: pickle-over-network this-host medium transport=ipc

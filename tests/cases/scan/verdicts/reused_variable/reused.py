"""A variable is reused: each load belongs to the assignment that reaches it."""

import json
import pickle

import zmq


def restore_then_listen(path, ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:6700")
    data = open(path, "rb").read()
    state = pickle.loads(data)  # safe: pickle-over-network  # finding: pickle-from-file low
    data = sock.recv()
    update = pickle.loads(data)  # finding: pickle-over-network any-host critical
    data = sock.recv()
    data = json.loads(data)
    return state, update, data


def reply_twice(ctx: zmq.Context):
    sock = ctx.socket(zmq.REQ)
    sock.connect("tcp://localhost:6701")
    reply = sock.recv()
    reply = pickle.loads(reply)  # finding: pickle-over-network this-host medium
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:6702")
    reply = sock.recv()
    reply = pickle.loads(reply)  # finding: pickle-over-network any-host critical
    return reply

"""A literal address decides by itself: wildcard, every-interface, routable, loopback, ipc, inproc."""

import pickle

import zmq

ctx = zmq.Context()


def star():
    s = ctx.socket(zmq.PULL)
    s.bind("tcp://*:5000")
    return pickle.loads(s.recv())  # finding: pickle-over-network any-host critical transport=tcp


def every_interface():
    s = ctx.socket(zmq.PULL)
    s.bind("tcp://0.0.0.0:5000")
    return pickle.loads(s.recv())  # finding: pickle-over-network any-host critical transport=tcp


def every_interface_ipv6():
    s = ctx.socket(zmq.PULL)
    s.bind("tcp://[::]:5000")
    return pickle.loads(s.recv())  # finding: pickle-over-network any-host critical transport=tcp


def interface_name():
    s = ctx.socket(zmq.PULL)
    s.bind("tcp://eth0:5000")
    return pickle.loads(s.recv())  # finding: pickle-over-network any-host critical transport=tcp


def routable():
    s = ctx.socket(zmq.PULL)
    s.bind("tcp://10.0.3.7:5000")
    return pickle.loads(s.recv())  # finding: pickle-over-network any-host critical transport=tcp


def loopback():
    s = ctx.socket(zmq.PULL)
    s.bind("tcp://127.0.0.1:5000")
    return pickle.loads(s.recv())  # finding: pickle-over-network this-host medium transport=tcp


def localhost():
    s = ctx.socket(zmq.PULL)
    s.bind("tcp://localhost:5000")
    return pickle.loads(s.recv())  # finding: pickle-over-network this-host medium transport=tcp


def loopback_ipv6():
    s = ctx.socket(zmq.PULL)
    s.bind("tcp://[::1]:5000")
    return pickle.loads(s.recv())  # finding: pickle-over-network this-host medium transport=tcp


def ipc():
    s = ctx.socket(zmq.PULL)
    s.bind("ipc:///tmp/engine.sock")
    return pickle.loads(s.recv())  # finding: pickle-over-network this-host medium transport=ipc


def inproc():
    s = ctx.socket(zmq.PULL)
    s.bind("inproc://engine")
    return pickle.loads(s.recv())  # finding: pickle-over-network process low transport=inproc

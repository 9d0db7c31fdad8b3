"""A device object is told its ends by bind_in and connect_out; a steerable proxy has a control end too."""

import pickle
import threading

import zmq
from zmq.devices import ThreadDevice


def forward():
    device = ThreadDevice(zmq.FORWARDER, zmq.SUB, zmq.PUB)
    device.bind_in("tcp://*:6600")
    device.setsockopt_in(zmq.SUBSCRIBE, b"")
    device.bind_out("inproc://updates")
    device.start()


def subscriber(ctx: zmq.Context):
    sock = ctx.socket(zmq.SUB)
    sock.connect("inproc://updates")
    return pickle.loads(sock.recv())  # finding: pickle-over-network source=zmq


def steered(ctx: zmq.Context):
    frontend = ctx.socket(zmq.PULL)
    frontend.bind("tcp://*:6601")
    backend = ctx.socket(zmq.PUSH)
    backend.bind("ipc:///tmp/steered")
    control = ctx.socket(zmq.PAIR)
    control.bind("inproc://control")
    threading.Thread(target=inner, args=(ctx,)).start()
    zmq.proxy_steerable(frontend, backend, None, control)


def inner(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.connect("ipc:///tmp/steered")
    return sock.recv_pyobj()  # finding: pickle-over-network any-host critical source=zmq

#!/usr/bin/env python
"""Everything happens at module level, as in a small worker script."""

import pickle
import sys

import zmq

context = zmq.Context()
receiver = context.socket(zmq.PULL)
receiver.connect("tcp://localhost:5557")
controller = context.socket(zmq.SUB)
controller.bind("tcp://*:5559")
controller.setsockopt(zmq.SUBSCRIBE, b"")

poller = zmq.Poller()
poller.register(receiver, zmq.POLLIN)
poller.register(controller, zmq.POLLIN)

while True:
    socks = dict(poller.poll())
    if socks.get(receiver) == zmq.POLLIN:
        message = receiver.recv()
        work = pickle.loads(message)  # finding: pickle-over-network this-host medium role=connect
        sys.stdout.write(f"{work}")
    if socks.get(controller) == zmq.POLLIN:
        order = controller.recv_pyobj()  # finding: pickle-over-network any-host critical role=bind
        if order == "KILL":
            break

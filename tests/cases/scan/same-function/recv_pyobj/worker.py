"""recv_pyobj receives and unpickles in one call; recv_json, recv_string and recv_serialized with a codec don't."""

import json

import zmq


def loop(context: zmq.Context, port: int = 6000):
    tasks = context.socket(zmq.PULL)
    tasks.bind(f"tcp://*:{port}")
    control = context.socket(zmq.REP)
    control.bind("tcp://*:6001")
    while True:
        task = tasks.recv_pyobj()  # finding: pickle-over-network any-host critical source=zmq sink=zmq.Socket.recv_pyobj
        order = control.recv_json()  # safe: pickle-over-network
        if order["op"] == "stop":
            control.send_string(control.recv_string())  # safe: pickle-over-network
            return
        extra = control.recv_serialized(lambda frames: json.loads(frames[0]))  # safe: pickle-over-network
        print(task, extra)

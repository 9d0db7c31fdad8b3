"""A module-level socket read by functions, and a socket captured by a nested function."""

import pickle

import zmq

context = zmq.Context()
receiver = context.socket(zmq.PULL)
receiver.bind("tcp://*:5558")


def next_job():
    return pickle.loads(receiver.recv())  # finding: pickle-over-network any-host critical


def make_reader(name):
    sock = context.socket(zmq.PULL)
    sock.bind(f"ipc:///tmp/{name}")

    def read():
        return pickle.loads(sock.recv())  # finding: pickle-over-network this-host medium

    return read


_control = None


def connect(address):
    global _control
    _control = context.socket(zmq.SUB)
    _control.connect(address)


def control():
    return _control.recv_pyobj()  # finding: pickle-over-network configurable high role=connect

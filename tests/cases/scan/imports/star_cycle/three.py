"""Modules that import each other by star; the name is found once, in the third."""

import pickle

import zmq
from one import *


def read_back(data):
    return pickle.loads(data)  # finding: pickle-over-network any-host critical source=zmq


def serve():
    socket = zmq.Context().socket(zmq.PULL)
    socket.bind("tcp://0.0.0.0:5558")
    return answer(socket.recv())

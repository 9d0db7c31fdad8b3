import pickle

import zmq

import settings
from settings import LOCAL, SETTINGS


def control(ctx: zmq.Context):
    sock = ctx.socket(zmq.REP)
    sock.bind(settings.CONTROL)
    return pickle.loads(sock.recv())  # finding: pickle-over-network any-host critical


def local(ctx: zmq.Context):
    sock = ctx.socket(zmq.REP)
    sock.bind(LOCAL)
    return pickle.loads(sock.recv())  # finding: pickle-over-network this-host medium


def worker(ctx: zmq.Context):
    sock = ctx.socket(zmq.REP)
    sock.bind(SETTINGS["worker"])
    return pickle.loads(sock.recv())  # finding: pickle-over-network any-host critical


def monitor(ctx: zmq.Context):
    sock = ctx.socket(zmq.REP)
    sock.bind(settings.SETTINGS["monitor"])
    return pickle.loads(sock.recv())  # finding: pickle-over-network this-host medium

"""The load is in a nested function that captures the received bytes, and in a lambda."""

import pickle

import zmq


def serve(ctx: zmq.Context, pool):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:8300")
    while True:
        data = sock.recv()

        def job():
            return pickle.loads(data)  # finding: pickle-over-network any-host critical

        pool.submit(job)
        later = lambda: pickle.loads(data)  # finding: pickle-over-network any-host critical
        pool.submit(later)

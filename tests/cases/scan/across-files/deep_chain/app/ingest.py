"""Four files between the receive and the load."""

import zmq

from app.pipeline import Pipeline


def run():
    sock = zmq.Context.instance().socket(zmq.PULL)
    sock.bind("tcp://0.0.0.0:5800")
    pipeline = Pipeline()
    while True:
        pipeline.feed(sock.recv())  # at: ingest

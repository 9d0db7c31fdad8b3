"""The variable of a service that is no part of the target."""

import os
import pickle

import zmq


def serve():
    jobs = zmq.Context().socket(zmq.PULL)
    jobs.bind("tcp://%s:5557" % os.environ.get("JOBS_INTERFACE", "127.0.0.1"))
    while True:
        print(pickle.loads(jobs.recv()))  # finding: pickle-over-network configurable high source=zmq role=bind


serve()

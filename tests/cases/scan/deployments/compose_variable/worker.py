"""An environment variable, set for the service that is built here."""

import os
import pickle

import zmq


def serve():
    jobs = zmq.Context().socket(zmq.PULL)
    jobs.bind("tcp://%s:5557" % os.environ.get("JOBS_INTERFACE", "127.0.0.1"))
    while True:
        print(pickle.loads(jobs.recv()))  # finding: pickle-over-network any-host critical confidence=high source=zmq role=bind


serve()

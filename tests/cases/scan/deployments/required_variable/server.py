"""A variable that must be set, read by subscript."""

import os
import pickle

import zmq

jobs = zmq.Context().socket(zmq.PULL)
jobs.bind(os.environ["JOBS_ADDRESS"])
print(pickle.loads(jobs.recv()))  # finding: pickle-over-network any-host critical role=bind

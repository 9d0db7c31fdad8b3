"""What is bound is a part of the variable, so that the whole says nothing of it."""

import os
import pickle

import zmq

jobs = zmq.Context().socket(zmq.PULL)
jobs.bind("tcp://" + os.environ["ADDRESSES"].split(",")[1])
print(pickle.loads(jobs.recv()))  # finding: pickle-over-network configurable high role=bind

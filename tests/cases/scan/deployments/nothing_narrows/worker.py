"""A wildcard stays one, whatever a compose file publishes."""

import pickle

import zmq

jobs = zmq.Context().socket(zmq.PULL)
jobs.bind("tcp://*:5557")
print(pickle.loads(jobs.recv()))  # finding: pickle-over-network any-host critical role=bind

inner = zmq.Context().socket(zmq.PULL)
inner.bind("tcp://127.0.0.1:5558")
print(pickle.loads(inner.recv()))  # finding: pickle-over-network this-host medium role=bind

"""What it connects to is set by the deployment: that is no listening socket."""

import argparse
import pickle

import zmq

parser = argparse.ArgumentParser()
parser.add_argument("--peer", required=True)
jobs = zmq.Context().socket(zmq.PULL)
jobs.connect(parser.parse_args().peer)
print(pickle.loads(jobs.recv()))  # finding: pickle-over-network configurable high role=connect

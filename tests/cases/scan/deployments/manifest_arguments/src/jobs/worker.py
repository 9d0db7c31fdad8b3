"""The option of a module that the started package imports."""

import argparse
import pickle

import zmq


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    options = parser.parse_args()
    jobs = zmq.Context().socket(zmq.PULL)
    jobs.bind(f"tcp://{options.host}:5557")
    while True:
        print(pickle.loads(jobs.recv()))  # finding: pickle-over-network any-host critical confidence=high source=zmq role=bind


if __name__ == "__main__":
    main()

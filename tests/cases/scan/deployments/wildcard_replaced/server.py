# Reduced from sglang/multimodal_gen/runtime/server_args/server_args.py of https://pypi.org/project/sglang/0.5.23/
"""The code replaces a wildcard by loopback: what the deployment passes is not what is bound."""

import argparse
import pickle

import zmq


def endpoint(options):
    host = options.host
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1"
    return f"tcp://{host}:5557"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    jobs = zmq.Context().socket(zmq.ROUTER)
    jobs.bind(endpoint(parser.parse_args()))
    print(pickle.loads(jobs.recv_multipart()[2]))  # finding: pickle-over-network configurable high role=bind


if __name__ == "__main__":
    main()

"""The same option, but nothing in the target starts the program: whoever does decides."""

import argparse

import zmq


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--endpoint", required=True)
    socket = zmq.Context().socket(zmq.REP)
    socket.bind(parser.parse_args().endpoint)
    socket.recv_pyobj()  # finding: pickle-over-network configurable high role=bind


if __name__ == "__main__":
    main()

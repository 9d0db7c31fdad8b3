"""A program whose address must be given; the target itself starts it, with a local one."""

import argparse

import zmq


def serve(endpoint):
    socket = zmq.Context().socket(zmq.REP)
    socket.bind(endpoint)
    while True:
        socket.send_pyobj(socket.recv_pyobj())  # finding: pickle-over-network this-host medium transport=ipc role=bind


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--endpoint", required=True)
    serve(parser.parse_args().endpoint)


if __name__ == "__main__":
    main()

"""A command-line option decides, whatever its default: configurable."""

import argparse
import pickle

import zmq


def make_parser():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", type=str, default="0.0.0.0", help="interface to listen on")
    parser.add_argument("--port", type=int, default=5557)
    parser.add_argument("--endpoint", type=str, required=True)
    return parser


def main():
    args = make_parser().parse_args()
    ctx = zmq.Context()
    receiver = ctx.socket(zmq.PULL)
    receiver.bind(f"tcp://{args.host}:{args.port}")
    control = ctx.socket(zmq.REP)
    control.bind(args.endpoint)
    while True:
        batch = pickle.loads(receiver.recv())  # finding: pickle-over-network configurable high role=bind
        order = control.recv_pyobj()  # finding: pickle-over-network configurable high role=bind
        control.send_pyobj((order, len(batch)))


if __name__ == "__main__":
    main()

"""The scheme is configured but the host is a literal loopback: reached from this host."""

import argparse
import pickle

import zmq
import zmq.asyncio


class RouterManager:
    def __init__(self, args, router_port, detokenization_port):
        context = zmq.asyncio.Context(2)
        self.recv_from_httpserver = context.socket(zmq.PULL)
        self.recv_from_httpserver.bind(f"{args.zmq_mode}127.0.0.1:{router_port}")
        self.recv_from_peer = zmq.Context().socket(zmq.PULL)
        self.recv_from_peer.bind(f"{args.zmq_mode}*:{detokenization_port}")

    async def loop_for_netio_req(self):
        while True:
            yield await self.recv_from_httpserver.recv_pyobj()  # finding: pickle-over-network this-host medium role=bind

    def from_peer(self):
        return pickle.loads(self.recv_from_peer.recv())  # finding: pickle-over-network any-host critical role=bind


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--zmq_mode", default="tcp://", choices=["tcp://", "ipc:///tmp/"])
    args = parser.parse_args()
    return RouterManager(args, 8001, 8002)

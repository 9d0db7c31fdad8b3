"""Reduced from https://pypi.org/project/DI-engine/0.5.3/ (framework/message_queue/nng.py): a bus of nanomsg."""

import pickle

from pynng import Bus0, Pair0


class Bus:
    def __init__(self, listen_to="tcp://0.0.0.0:50515"):
        self.sock = Bus0()
        self.sock.listen(listen_to)

    def recv(self):
        topic, payload = self.sock.recv().split(b"::", maxsplit=1)
        return topic, pickle.loads(payload)  # finding: pickle-over-network any-host critical source=socket role=bind


def near():
    with Pair0(dial="ipc:///tmp/pair") as pair:
        return pickle.loads(pair.recv())  # finding: pickle-over-network this-host medium source=socket role=connect

"""Reduced from https://pypi.org/project/sglang/0.5.10/ (srt/elastic_ep/expert_backup_client.py): a list of empty slots is
filled with sockets, one a peer."""

import zmq


class ExpertBackupClient:
    def __init__(self, peers):
        context = zmq.Context(2)
        self.recv_list = [None] * len(peers)
        self.local_list = 2 * [None]
        for index, peer in enumerate(peers):
            self.recv_list[index] = context.socket(zmq.SUB)
            self.recv_list[index].connect(f"tcp://{peer}:{5000 + index}")
        for index in range(2):
            self.local_list[index] = context.socket(zmq.PULL)
            self.local_list[index].bind(f"tcp://127.0.0.1:{6000 + index}")

    def receive(self, count):
        return self.recv_list[count].recv_pyobj()  # finding: pickle-over-network configurable high role=connect

    def receive_near(self):
        return self.local_list[0].recv_pyobj()  # finding: pickle-over-network this-host medium role=bind


def same(context):
    socket = context.socket(zmq.PULL)
    socket.bind("tcp://*:7000")
    twice = [socket] * 2
    return twice[1].recv_pyobj()  # finding: pickle-over-network any-host critical role=bind

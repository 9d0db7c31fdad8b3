"""Frames of a multipart message: unpacked, indexed, starred, looped over."""

import pickle

import zmq


class Interchange:
    def __init__(self):
        self.context = zmq.Context()
        self.results = self.context.socket(zmq.ROUTER)
        self.results.bind("tcp://*:9001")
        self.tasks = self.context.socket(zmq.ROUTER)
        self.tasks.bind("tcp://127.0.0.1:9002")
        self.state = {}

    def process_results(self):
        manager_id, *messages = self.results.recv_multipart()  # at: frames
        for message in messages:
            self.state[manager_id] = pickle.loads(message)  # finding: pickle-over-network any-host critical receive=@frames

    def process_tasks(self):
        client, request_id, payload = self.tasks.recv_multipart()
        task = pickle.loads(payload)  # finding: pickle-over-network this-host medium
        frames = self.tasks.recv_multipart(copy=False)
        header = pickle.loads(frames[1].bytes)  # finding: pickle-over-network this-host medium
        return client, request_id, task, header

"""The worker connects to inproc, but a proxy feeds it from a wildcard socket: the outer reach counts."""

import pickle
import threading

import zmq


class SchedulerServer:
    def __init__(self, port):
        self.context = zmq.Context()
        self.frontend = self.context.socket(zmq.ROUTER)
        self.frontend.bind(f"tcp://*:{port}")
        self.backend = self.context.socket(zmq.DEALER)
        self.backend.bind("inproc://backend")

    def run(self):
        for _ in range(4):
            threading.Thread(target=self.worker_routine, daemon=True).start()
        zmq.proxy(self.frontend, self.backend)

    def worker_routine(self):
        worker = self.context.socket(zmq.REP)
        worker.connect("inproc://backend")
        while True:
            message = worker.recv()
            data = pickle.loads(message)  # finding: pickle-over-network any-host critical source=zmq
            worker.send(pickle.dumps(data))

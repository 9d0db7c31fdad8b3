"""Requests of fronts into batches for workers, and answers back."""

import pickle
import signal
import sys
from typing import Any

import zmq

from batches import Batches


class Broker:
    """Two ROUTER sockets: fronts ask at one, workers take batches from the other."""

    def __init__(self) -> None:
        self.context = zmq.Context()
        self.fronts = self.context.socket(zmq.ROUTER)
        self.workers = self.context.socket(zmq.ROUTER)
        self.batches: Batches[tuple[bytes, int], bytes] = Batches()
        self.known: set[int] = set()
        self.answered = 0

    def run(self) -> None:
        """Serve, until a signal ends it. Prints where fronts and workers connect."""
        ports = [socket.bind_to_random_port("tcp://127.0.0.1") for socket in (self.fronts, self.workers)]
        print(*(f"tcp://127.0.0.1:{port}" for port in ports), flush=True)
        poller = zmq.Poller()
        poller.register(self.fronts, zmq.POLLIN)
        poller.register(self.workers, zmq.POLLIN)
        while True:
            events = dict(poller.poll(self.batches.wait_ms()))
            if self.fronts in events:
                self.take_request()
            if self.workers in events:
                self.take_results()
            self.give_batches()

    def take_request(self) -> None:
        """From a front: a question for the model, or for the broker itself."""
        front, frame = self.fronts.recv_multipart()
        request = pickle.loads(frame)
        if request["ask"] == "health":
            counts = {"workers": len(self.known), "waiting": self.batches.waiting, "answered": self.answered}
            self.fronts.send_multipart([front, pickle.dumps({"id": request["id"], **counts})])
        else:
            self.batches.ask((front, request["id"]), request["tokens"])

    def take_results(self) -> None:
        """From a worker, which is ready for the next batch."""
        worker, frame = self.workers.recv_multipart()
        results: dict[str, Any] = pickle.loads(frame)
        self.known.add(results["worker"])
        self.batches.ready(worker)
        for row, (front, number) in enumerate(self.batches.done(results["batch"])):
            answer = {"id": number, "embedding": results["embeddings"][row], "logits": results["logits"][row]}
            self.fronts.send_multipart([front, pickle.dumps(answer)])
            self.answered += 1

    def give_batches(self) -> None:
        """To workers that are ready, what has waited long enough."""
        for worker, number, tokens in self.batches.due():
            self.workers.send_multipart([worker, pickle.dumps({"batch": number, "tokens": tokens})])


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    Broker().run()

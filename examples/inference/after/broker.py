"""Requests of fronts into batches for workers, and answers back."""

import signal
import sys
from collections import Counter

from after.messages import CODEC, Batch, Generate, Generated, Health, HealthAsked, Ready, Results
from batches import Batches
from gnomon.wire import Peer, ring_from_folder, zmq


class Broker:
    """Two ROUTER sockets: fronts ask at one, workers take batches from the other."""

    def __init__(self, keys: str) -> None:
        self.context = zmq.Context(keys=ring_from_folder(keys), codec=CODEC)
        self.fronts = self.context.socket(zmq.ROUTER)
        self.workers = self.context.socket(zmq.ROUTER)
        self.batches: Batches[tuple[Peer, int], Peer] = Batches()
        self.known: set[int] = set()
        self.answered = 0

    def run(self) -> None:
        """Serve, until a signal ends it. Prints where fronts and workers connect."""
        print(*(socket.bind("tcp://127.0.0.1:*") for socket in (self.fronts, self.workers)), flush=True)
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
        received = self.fronts.recv_from()
        match received.obj:
            case Generate(id=number, tokens=tokens):
                self.batches.ask((received.peer, number), tokens)
            case HealthAsked(id=number):
                self.fronts.send_obj(self.health(number), to=received.peer)

    def take_results(self) -> None:
        """From a worker, which is ready for the next batch."""
        received = self.workers.recv_from()
        match received.obj:
            case Ready(worker=worker):
                self.known.add(worker)
                self.batches.ready(received.peer)
            case Results(batch=batch, embeddings=embeddings, logits=logits):
                self.batches.ready(received.peer)
                for row, (front, number) in enumerate(self.batches.done(batch)):
                    answer = Generated(id=number, embedding=embeddings[row], logits=logits[row])
                    self.fronts.send_obj(answer, to=front)
                    self.answered += 1

    def give_batches(self) -> None:
        """To workers that are ready, what has waited long enough."""
        for worker, number, tokens in self.batches.due():
            self.workers.send_obj(Batch(number=number, tokens=tokens), to=worker)

    def health(self, number: int) -> Health:
        """What a monitor should see, beside the counts of old."""
        stats = (self.fronts.stats, self.workers.stats)
        return Health(
            id=number,
            workers=len(self.known),
            waiting=self.batches.waiting,
            answered=self.answered,
            refused=dict(Counter(stats[0].refused) + Counter(stats[1].refused)),
            strangers=sum(each.strangers for each in stats),
        )


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    Broker(*sys.argv[1:]).run()

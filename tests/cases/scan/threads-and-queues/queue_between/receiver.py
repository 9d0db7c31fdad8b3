"""A receiver thread puts raw messages on a queue; another thread takes and loads them."""

import pickle
import queue
import threading

import zmq


class Engine:
    def __init__(self):
        self.inbox = queue.Queue()
        self.local_inbox = queue.SimpleQueue()

    def start(self):
        threading.Thread(target=self._receive, daemon=True).start()
        threading.Thread(target=self._work, daemon=True).start()

    def _receive(self):
        sock = zmq.Context.instance().socket(zmq.PULL)
        sock.bind("tcp://*:6300")
        while True:
            self.inbox.put(sock.recv())  # at: put

    def _work(self):
        while True:
            message = self.inbox.get()
            job = pickle.loads(message)  # finding: pickle-over-network any-host critical source=zmq receive=@put
            self.local_inbox.put(pickle.dumps(job))

    def finish(self):
        return pickle.loads(self.local_inbox.get())  # safe: pickle-over-network

import pickle

from client.queue import Queue as ClientQueue
from server import queue
from server.queue import decode


def main(path):
    yield ClientQueue().get()
    yield queue.Queue().get()
    yield decode(pickle.dumps(path))

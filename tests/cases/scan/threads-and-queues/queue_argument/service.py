"""The queue is made by a third party and handed to both, across processes and files."""

import multiprocessing as mp
import pickle

from feeder import feed


def consume(inbox):
    while True:
        item = inbox.get(timeout=5)
        yield pickle.loads(item)  # finding: pickle-over-network any-host critical source=zmq


def main():
    inbox = mp.Queue(maxsize=64)
    mp.Process(target=feed, args=(inbox,)).start()
    for item in consume(inbox):
        print(item)

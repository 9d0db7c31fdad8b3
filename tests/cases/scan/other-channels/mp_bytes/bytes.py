"""recv_bytes doesn't load by itself; giving its bytes to a loader does. A pipe to an own child is not the network."""

import multiprocessing as mp
import pickle
from multiprocessing.connection import Listener, wait


def serve(port):
    with Listener(("", port)) as listener:
        conn = listener.accept()
        while conn.poll(1.0):
            yield pickle.loads(conn.recv_bytes())  # finding: pickle-over-network any-host critical source=mp-connection role=bind


def worker(conn):
    while True:
        command, argument = conn.recv()  # safe: pickle-over-network
        conn.send((command, argument))


def parent():
    pipes = []
    for _ in range(4):
        ours, theirs = mp.Pipe(duplex=True)
        mp.Process(target=worker, args=(theirs,)).start()
        pipes.append(ours)
    for ready in wait(pipes):
        print(ready.recv())  # safe: pickle-over-network
    queue = mp.Queue()
    return queue.get()  # safe: pickle-over-network

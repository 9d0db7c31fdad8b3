"""Own classes with methods called recv and socket that never leave the process."""

import collections
import pickle
import queue

import zmq


class Channel:
    def __init__(self):
        self._items = collections.deque()

    def send(self, obj):
        self._items.append(pickle.dumps(obj))

    def recv(self):
        return self._items.popleft()


class Context:
    def socket(self, kind):
        return Channel()


class Replay:
    def __init__(self, path):
        self._file = open(path, "rb")

    def recv(self):
        return self._file.read(1024)


def local():
    channel = Context().socket(1)
    channel.send([1, 2])
    return pickle.loads(channel.recv())  # safe: pickle-over-network


def replay(path):
    return pickle.loads(Replay(path).recv())  # safe: pickle-over-network


def task_queue():
    tasks = queue.Queue()
    tasks.put(pickle.dumps("task"))
    return pickle.loads(tasks.get())  # safe: pickle-over-network


def public(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:9602")
    return sock.recv_json(), local()  # safe: pickle-over-network

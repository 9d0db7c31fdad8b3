"""Bytes that this program's own worker put on a queue don't come from the network."""

import multiprocessing as mp
import pickle

import zmq


def worker(tasks, responses):
    while True:
        uid, value = tasks.get()
        try:
            responses.put((uid, pickle.dumps(value)))
        except Exception as error:
            responses.put((uid, pickle.dumps(error)))


def main():
    manager = mp.Manager()
    tasks, responses = manager.Queue(), manager.Queue()
    mp.Process(target=worker, args=(tasks, responses)).start()
    sock = zmq.Context().socket(zmq.PULL)
    sock.bind("tcp://*:6500")
    while True:
        tasks.put((1, sock.recv_json()))
        uid, response = responses.get()
        print(uid, pickle.loads(response))  # safe: pickle-over-network

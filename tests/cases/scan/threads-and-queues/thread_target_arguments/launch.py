"""A process target gets its endpoint through args; a thread target its socket."""

import multiprocessing
import pickle
import threading

import zmq


def engine_main(address, index):
    sock = zmq.Context().socket(zmq.PULL)
    sock.bind(address)
    print(index, sock.recv_pyobj())  # finding: pickle-over-network any-host critical role=bind


def reader(sock, on_message):
    while True:
        on_message(pickle.loads(sock.recv()))  # finding: pickle-over-network this-host medium role=bind


def main(on_message):
    context = multiprocessing.get_context("spawn")
    for index in range(2):
        context.Process(target=engine_main, args=(f"tcp://*:{7000 + index}", index)).start()
    sock = zmq.Context().socket(zmq.PULL)
    sock.bind("tcp://127.0.0.1:7010")
    threading.Thread(target=reader, kwargs={"sock": sock, "on_message": on_message}).start()

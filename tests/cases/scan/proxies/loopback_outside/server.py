"""The proxy's outer end is on loopback, so its workers are reached from this host."""

import pickle
import threading

import zmq

BACKEND = "inproc://workers"


def worker(ctx: zmq.Context):
    sock = ctx.socket(zmq.REP)
    sock.connect(BACKEND)
    while True:
        sock.send_pyobj(pickle.loads(sock.recv()))  # finding: pickle-over-network this-host medium


def main(port):
    ctx = zmq.Context.instance()
    clients = ctx.socket(zmq.ROUTER)
    clients.bind(f"tcp://127.0.0.1:{port}")
    workers = ctx.socket(zmq.DEALER)
    workers.bind(BACKEND)
    threading.Thread(target=worker, args=(ctx,)).start()
    zmq.device(zmq.QUEUE, clients, workers)

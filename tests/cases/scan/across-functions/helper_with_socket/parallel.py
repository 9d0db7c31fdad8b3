"""The helper gets the socket as a parameter; its callers made it."""

import pickle

import zmq

EMPTY = b""


def maybe_get_work(sock):
    client_id, _, message = sock.recv_multipart()
    return client_id, pickle.loads(message)  # finding: pickle-over-network this-host medium source=zmq role=connect


def worker(endpoint_port: int):
    sock = zmq.Context().socket(zmq.ROUTER)
    sock.connect(f"tcp://127.0.0.1:{endpoint_port}")
    while True:
        client_id, task = maybe_get_work(sock)
        if task is None:
            break
        sock.send_multipart([client_id, EMPTY, pickle.dumps(task)])

import socket

import zmq

from messages import MESSAGES, dumps, loads


def serve(port):
    server = zmq.Context.instance().socket(zmq.REP)
    server.bind(f"tcp://*:{port}")
    while True:
        job = loads(server.recv())  # safe: pickle-over-network
        other = MESSAGES.loads(server.recv())  # safe: pickle-over-network
        server.send(dumps([job, other]))


def listen(port):
    listener = socket.create_server(("", port))
    connection, _ = listener.accept()
    return loads(connection.recv(65536))  # safe: pickle-over-network

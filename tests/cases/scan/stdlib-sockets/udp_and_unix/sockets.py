"""Datagrams and unix sockets."""

import os
import pickle
import socket


def datagrams(queue):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP)
    sock.bind(("0.0.0.0", 8600))
    while True:
        data, address = sock.recvfrom(2048)
        queue.put((pickle.loads(data), address))  # finding: pickle-over-network any-host critical source=socket role=bind


def local_datagrams():
    sock = socket.socket(type=socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 8601))
    message = pickle.loads(sock.recvfrom(2048)[0])  # finding: pickle-over-network this-host medium role=bind
    return message


def unix_server(path):
    if os.path.exists(path):
        os.unlink(path)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(path)
    os.chmod(path, 0o600)
    server.listen(1)
    conn, _ = server.accept()
    return pickle.loads(conn.recv(4096))  # finding: pickle-over-network this-host medium transport=ipc role=bind


def unix_client(rank):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.connect(f"/tmp/worker_{rank}.sock")
        return pickle.loads(sock.recv(4096))  # finding: pickle-over-network this-host medium transport=ipc role=connect

"""Plain TCP sockets: listening on all, on one's own host, connecting, by the two creation helpers."""

import pickle
import socket


def wildcard(port):
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.bind(("", port))
    server.listen()
    conn, addr = server.accept()
    return pickle.loads(conn.recv(4096))  # finding: pickle-over-network any-host critical source=socket role=bind transport=tcp


def loopback(port):
    server = socket.socket()
    server.bind(("127.0.0.1", port))
    server.listen(5)
    while True:
        conn, addr = server.accept()
        yield pickle.loads(conn.recv(4096))  # finding: pickle-over-network this-host medium source=socket role=bind


def by_helper(port):
    with socket.create_server(("0.0.0.0", port), backlog=8) as server:
        conn = server.accept()[0]
        with conn:
            return pickle.loads(conn.recv(4096))  # finding: pickle-over-network any-host critical role=bind


def client(host, port):
    with socket.create_connection((host, port), timeout=3) as sock:
        sock.sendall(b"get")
        return pickle.loads(sock.recv(4096))  # finding: pickle-over-network configurable high role=connect


def local_client(port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.connect(("localhost", port))
    return pickle.loads(sock.recv(4096))  # finding: pickle-over-network this-host medium role=connect


def address_tuple(port):
    address = (socket.gethostname(), port)
    server = socket.socket()
    server.bind(address)
    server.listen()
    conn, _ = server.accept()
    return pickle.loads(conn.recv(4096))  # finding: pickle-over-network configurable high role=bind

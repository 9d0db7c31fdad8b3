"""The ways to read a whole message from a stream: chunks, recv_into, makefile, iter of a partial."""

import functools
import pickle
import socket
import struct


class Server:
    def __init__(self, port):
        self.listener = socket.create_server(("0.0.0.0", port))

    def chunks(self):
        conn, _ = self.listener.accept()
        data = b""
        while True:
            packet = conn.recv(4096)
            if not packet:
                break
            data += packet
        return pickle.loads(data)  # finding: pickle-over-network any-host critical

    def list_of_chunks(self):
        conn, _ = self.listener.accept()
        parts = []
        while chunk := conn.recv(4096):
            parts.append(chunk)
        return pickle.loads(b"".join(parts))  # finding: pickle-over-network any-host critical

    def into_buffer(self):
        conn, _ = self.listener.accept()
        (size,) = struct.unpack(">Q", conn.recv(8, socket.MSG_WAITALL))
        buffer = bytearray(size)
        received = 0
        while received < size:
            received += conn.recv_into(memoryview(buffer)[received:])
        return pickle.loads(buffer)  # finding: pickle-over-network any-host critical

    def as_file(self):
        conn, _ = self.listener.accept()
        with conn.makefile("rb") as file:
            return pickle.load(file)  # finding: pickle-over-network any-host critical

    def unpickler_on_file(self):
        conn, _ = self.listener.accept()
        unpickler = pickle.Unpickler(conn.makefile(mode="rb"))
        while True:
            yield unpickler.load()  # finding: pickle-over-network any-host critical

    def by_iterator(self):
        conn, _ = self.listener.accept()
        return pickle.loads(b"".join(iter(functools.partial(conn.recv, 4096), b"")))  # finding: pickle-over-network any-host critical

    def by_lambda(self):
        conn, _ = self.listener.accept()
        body = bytearray()
        for chunk in iter(lambda: conn.recv(4096), b""):
            body += chunk
        return pickle.loads(bytes(body))  # finding: pickle-over-network any-host critical

"""Reduced from https://pypi.org/project/tensorflowonspark/2.2.5/ (reservation.py): one loop accepts and
reads whatever `select` says is ready."""

import pickle
import select
import socket
import struct


class Server:
    done = False

    def receive(self, sock):
        length = struct.unpack(">I", sock.recv(4))[0]
        data = b""
        while len(data) < length:
            data += sock.recv(length - len(data))
        return pickle.loads(data)  # finding: pickle-over-network any-host critical source=socket role=bind

    def start(self):
        server_sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        server_sock.bind(("", 0))
        server_sock.listen(10)

        def _listen(self, sock):
            connections = []
            connections.append(sock)
            while not self.done:
                readable, _, _ = select.select(connections, [], [], 60)
                for ready in readable:
                    if ready == server_sock:
                        client, _ = ready.accept()
                        connections.append(client)
                    else:
                        self.receive(ready)

        _listen(self, server_sock)

"""__reduce_ex__ hands the deserializer out as a value, with bytes asked from the peer as its argument."""

import pickle
import socket


class Connection:
    def __init__(self, host: str, port: int):
        self._sock = socket.create_connection((host, port))

    def request(self, handler, *args):
        self._sock.sendall(repr((handler, args)).encode())
        return self._sock.recv(65536)


class Remote:
    def __init__(self, conn: Connection):
        self.conn = conn

    def __reduce_ex__(self, protocol):
        return pickle.loads, (self.conn.request("pickle", protocol),)  # finding: pickle-over-network configurable high role=connect source=socket

import pickle
import socket
from pathlib import Path

from message import received, received_or_raised


class Daemon:
    def __init__(self, port):
        self.hmac_key = None
        self.listener = socket.create_server(("", port))

    def set_key(self, key):
        self.hmac_key = key

    def handle(self):
        connection, _ = self.listener.accept()
        data = received(connection, hmac_key=self.hmac_key)
        return pickle.loads(data)  # finding: pickle-over-network any-host critical auth=hmac


class StrictDaemon:
    def __init__(self, port, key_file):
        self.key = Path(key_file).read_bytes()
        self.listener = socket.create_server(("", port))

    def handle(self):
        connection, _ = self.listener.accept()
        data = received_or_raised(connection, self.key)
        return pickle.loads(data)  # finding: pickle-over-network any-host note effective auth=hmac

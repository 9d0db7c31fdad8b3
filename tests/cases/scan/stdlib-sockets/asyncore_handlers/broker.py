"""Reduced from https://pypi.org/project/scoop/0.7.2.0/ (broker/brokertcp.py): the oldest way of serving sockets."""

import asyncore
import pickle
import socket


class Server(asyncore.dispatcher):
    def __init__(self, host, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.bind((host, port))
        self.listen(1)

    def handle_read(self):
        data = self.recv(8192)
        if data:
            return pickle.loads(data)  # finding: pickle-over-network any-host critical source=socket role=bind


def main():
    Server("", 5000)
    asyncore.loop()

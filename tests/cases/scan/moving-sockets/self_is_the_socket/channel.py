"""The class is a socket: it derives from the library's, and reads itself."""

import pickle
import socket
import zlib

import zmq


class ZippedSocket(zmq.Socket):
    def send_zipped(self, obj):
        return self.send(zlib.compress(pickle.dumps(obj)))

    def recv_zipped(self, flags=0):
        packed = self.recv(flags)
        return pickle.loads(zlib.decompress(packed))  # finding: pickle-over-network any-host critical source=zmq role=bind


def main():
    sock = ZippedSocket(zmq.Context(), zmq.REP)
    sock.bind("tcp://*:5560")
    return sock.recv_zipped()


class Link(socket.socket):
    def recv_object(self):
        size = int.from_bytes(self.recv(8), "big")
        return pickle.loads(self.recv(size))  # finding: pickle-over-network this-host medium source=socket


def link():
    end = Link(socket.AF_INET, socket.SOCK_STREAM)
    end.connect(("127.0.0.1", 5561))
    return end.recv_object()

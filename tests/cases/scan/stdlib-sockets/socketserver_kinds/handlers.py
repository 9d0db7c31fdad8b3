"""Stream, datagram and unix handlers, each with its own server."""

import pickle
import socketserver


class StreamHandler(socketserver.StreamRequestHandler):
    def handle(self):
        size = int(self.rfile.readline())
        print(pickle.loads(self.rfile.read(size)))  # finding: pickle-over-network this-host medium source=socket role=bind


class DatagramHandler(socketserver.DatagramRequestHandler):
    def handle(self):
        print(pickle.load(self.rfile))  # finding: pickle-over-network any-host critical source=socket role=bind


class PacketHandler(socketserver.BaseRequestHandler):
    def handle(self):
        data, sock = self.request
        print(pickle.loads(data))  # finding: pickle-over-network configurable high source=socket role=bind


class UnixHandler(socketserver.StreamRequestHandler):
    def handle(self):
        print(pickle.load(self.rfile))  # finding: pickle-over-network this-host medium source=socket transport=ipc


class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    pass


def main(host, path):
    servers = [
        socketserver.TCPServer(("127.0.0.1", 8701), StreamHandler),
        socketserver.UDPServer(("", 8702), DatagramHandler),
        socketserver.UDPServer((host, 8703), PacketHandler),
        UnixServer(path, UnixHandler),
    ]
    for server in servers:
        server.serve_forever()

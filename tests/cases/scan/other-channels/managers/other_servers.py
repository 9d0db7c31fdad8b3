"""Other servers have methods of the same names, in files that use processes and managers as well."""

import multiprocessing
import socket
import socketserver
from http.server import BaseHTTPRequestHandler, HTTPServer
from multiprocessing.managers import BaseManager


def web():
    server = HTTPServer(("", 8000), BaseHTTPRequestHandler)
    server.serve_forever()  # safe: pickle-over-network


def raw(handler):
    with socketserver.TCPServer(("", 8001), handler) as server:
        server.serve_forever()  # safe: pickle-over-network


def client(address, connection):
    connection.connect(address)  # safe: pickle-over-network
    with socket.socket() as plain:
        plain.connect(address)  # safe: pickle-over-network


def worker(task):
    process = multiprocessing.Process(target=task)
    process.start()  # safe: pickle-over-network
    return BaseManager

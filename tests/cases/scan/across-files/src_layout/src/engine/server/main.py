import zmq

from .. import decode
from ..net import open_socket


def main():
    sock = open_socket()
    while True:
        print(decode(sock.recv()))

"""A message authentication code compared before the load, with a failure that leaves: authenticated."""

import hashlib
import hmac
import os
import pickle
import socket


class UdpRouter:
    def __init__(self, key: bytes):
        self.key = key
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("0.0.0.0", 8400))

    def in_else_branch(self):
        data, addr = self.sock.recvfrom(2048)
        origin_hmac, body = data[0:64], data[64:]
        recomputed = hmac.digest(self.key, body, hashlib.sha512)
        if not hmac.compare_digest(origin_hmac, recomputed):
            print("dropping a message from", addr)
        else:
            return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac source=socket

    def with_continue(self):
        while True:
            data, addr = self.sock.recvfrom(2048)
            tag, body = data[:32], data[32:]
            if not hmac.compare_digest(tag, hmac.new(self.key, body, "sha256").digest()):
                continue
            yield pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac

    def with_raise(self):
        data = self.sock.recv(2048)
        tag, body = data[:32], data[32:]
        expected = hmac.new(self.key, body, hashlib.sha256).digest()
        if not hmac.compare_digest(tag, expected):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac

    def with_return(self):
        data = self.sock.recv(2048)
        tag, body = data[:32], data[32:]
        mac = hmac.new(self.key, msg=body, digestmod=hashlib.sha256)
        if hmac.compare_digest(mac.digest(), tag) is False:
            return None
        return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac

    def inside_if(self):
        data = self.sock.recv(2048)
        tag, body = data[:32], data[32:]
        if hmac.compare_digest(hmac.digest(self.key, body, "sha256"), tag):
            return pickle.loads(body)  # finding: pickle-over-network note effective auth=hmac
        return None

    def without(self):
        data = self.sock.recv(2048)
        return pickle.loads(data[64:])  # finding: pickle-over-network any-host critical auth=none


def main():
    with open(os.environ["KEY_FILE"], "rb") as file:
        return UdpRouter(file.read())

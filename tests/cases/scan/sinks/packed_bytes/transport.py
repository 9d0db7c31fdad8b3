"""Compression, base64, slicing, joining and decoding on the way change nothing."""

import base64
import binascii
import bz2
import codecs
import lzma
import pickle
import zlib

import lz4.frame
import zmq
import zstandard


class Inbox:
    def __init__(self):
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8105")

    def read(self):
        yield pickle.loads(zlib.decompress(self.sock.recv()))  # finding: pickle-over-network any-host critical
        yield pickle.loads(base64.b64decode(self.sock.recv()))  # finding: pickle-over-network any-host critical
        yield pickle.loads(bytes.fromhex(self.sock.recv_string()))  # finding: pickle-over-network any-host critical
        yield pickle.loads(binascii.unhexlify(self.sock.recv()))  # finding: pickle-over-network any-host critical
        yield pickle.loads(codecs.decode(self.sock.recv(), "base64"))  # finding: pickle-over-network any-host critical
        yield pickle.loads(self.sock.recv_string().encode("latin-1"))  # finding: pickle-over-network any-host critical
        yield pickle.loads(bz2.decompress(self.sock.recv()[8:]))  # finding: pickle-over-network any-host critical
        yield pickle.loads(lzma.decompress(memoryview(self.sock.recv())))  # finding: pickle-over-network any-host critical
        yield pickle.loads(lz4.frame.decompress(self.sock.recv()))  # finding: pickle-over-network any-host critical
        yield pickle.loads(zstandard.ZstdDecompressor().decompress(self.sock.recv()))  # finding: pickle-over-network any-host critical
        yield pickle.loads(b"".join(self.sock.recv_multipart()))  # finding: pickle-over-network any-host critical
        topic, _, body = self.sock.recv().partition(b" ")
        yield topic, pickle.loads(body)  # finding: pickle-over-network any-host critical
        head, tail = self.sock.recv().split(b"|", 1)
        yield pickle.loads(tail + b"")  # finding: pickle-over-network any-host critical
        yield pickle.loads(self.sock.recv_json()["blob"].encode())  # finding: pickle-over-network any-host critical

"""A table of functions keyed by a tag that the message carries."""

import json
import pickle

import msgpack
import zmq

LOADERS = {
    b"j": json.loads,
    b"m": msgpack.unpackb,
    b"p": pickle.loads,  # finding: pickle-over-network any-host critical one-of=table
}

DUMPERS = {b"j": json.dumps, b"p": pickle.dumps}


def serve():
    sock = zmq.Context.instance().socket(zmq.REP)
    sock.bind("tcp://*:7805")
    while True:
        tag, body = sock.recv_multipart()
        value = LOADERS[tag](body)  # finding: pickle-over-network any-host critical one-of=table
        sock.send_string(str(value))

"""Object hooks of msgpack and json: nested functions that unpickle a value of the map."""

import base64
import json
import pickle
import socket

import msgpack


def loads(frames):
    def decode_default(obj):
        if "__Pickled__" in obj:
            return pickle.loads(obj["data"])  # finding: pickle-over-network any-host critical source=socket
        return obj

    return msgpack.loads(frames, object_hook=decode_default, use_list=False)


def object_hook(obj):
    if "__pickle__" in obj:
        return pickle.loads(base64.b64decode(obj["__pickle__"]))  # finding: pickle-over-network any-host critical source=socket
    return obj


def serve(port):
    server = socket.create_server(("", port))
    while True:
        conn, _ = server.accept()
        data = conn.recv(1 << 20)
        yield loads(data)
        yield json.loads(conn.recv(1 << 20), object_hook=object_hook)

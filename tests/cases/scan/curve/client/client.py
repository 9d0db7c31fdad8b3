"""A CURVE client that pins its server's key knows whose pickles it loads."""

import pickle

import zmq
import zmq.auth


def pinned(host, port, key_dir):
    ctx = zmq.Context.instance()
    sock = ctx.socket(zmq.DEALER)
    sock.curve_publickey, sock.curve_secretkey = zmq.auth.load_certificate(key_dir + "/client.key_secret")
    server_key, _ = zmq.auth.load_certificate(key_dir + "/server.key")
    sock.curve_serverkey = server_key
    sock.connect(f"tcp://{host}:{port}")
    return pickle.loads(sock.recv())  # finding: pickle-over-network note effective auth=curve role=connect


def unpinned(host, port):
    sock = zmq.Context.instance().socket(zmq.DEALER)
    sock.connect(f"tcp://{host}:{port}")
    return pickle.loads(sock.recv())  # finding: pickle-over-network configurable high auth=none role=connect

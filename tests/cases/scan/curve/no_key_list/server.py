"""A CURVE server without a key list lets in anyone who knows its public key."""

import pickle

import zmq
import zmq.auth


def serve(server_secret_file):
    ctx = zmq.Context.instance()
    server = ctx.socket(zmq.PULL)
    server_public, server_secret = zmq.auth.load_certificate(server_secret_file)
    server.curve_secretkey = server_secret
    server.curve_publickey = server_public
    server.curve_server = True
    server.bind("tcp://*:8502")
    return pickle.loads(server.recv())  # finding: pickle-over-network any-host critical source=zmq incomplete=no-key-list

"""A CURVE server with an authenticator that knows the allowed keys: authenticated."""

import pickle

import zmq
import zmq.auth
from zmq.auth.thread import ThreadAuthenticator


def serve(public_keys_dir, server_secret_file):
    ctx = zmq.Context.instance()
    auth = ThreadAuthenticator(ctx)
    auth.start()
    auth.configure_curve(domain="*", location=public_keys_dir)
    server = ctx.socket(zmq.PULL)
    server_public, server_secret = zmq.auth.load_certificate(server_secret_file)
    server.curve_secretkey = server_secret
    server.curve_publickey = server_public
    server.curve_server = True
    server.bind("tcp://*:8500")
    return pickle.loads(server.recv())  # finding: pickle-over-network note effective auth=curve source=zmq


def serve_by_options(public_keys_dir, server_secret_file):
    ctx = zmq.Context()
    auth = ThreadAuthenticator(ctx)
    auth.start()
    auth.configure_curve(domain="*", location=str(public_keys_dir))
    server = ctx.socket(zmq.REP)
    server_public, server_secret = zmq.auth.load_certificate(server_secret_file)
    server.setsockopt(zmq.CURVE_SECRETKEY, server_secret)
    server.setsockopt(zmq.CURVE_PUBLICKEY, server_public)
    server.setsockopt(zmq.CURVE_SERVER, 1)
    server.bind("tcp://*:8501")
    return server.recv_pyobj()  # finding: pickle-over-network note effective auth=curve source=zmq

"""An authenticator told to allow any key checks nothing; one that lists addresses is no key list either."""

import pickle

import zmq
import zmq.auth
from zmq.auth.asyncio import AsyncioAuthenticator


def serve(server_secret_file):
    ctx = zmq.Context.instance()
    auth = AsyncioAuthenticator(ctx)
    auth.start()
    auth.allow("10.0.0.1")
    auth.configure_curve(domain="*", location=zmq.auth.CURVE_ALLOW_ANY)
    server = ctx.socket(zmq.PULL)
    server.curve_publickey, server.curve_secretkey = zmq.auth.load_certificate(server_secret_file)
    server.curve_server = True
    server.bind("tcp://*:8503")
    return pickle.loads(server.recv())  # finding: pickle-over-network any-host critical source=zmq incomplete=no-key-list

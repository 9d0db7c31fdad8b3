"""Connection.recv unpickles what the other end sends: listener, client, with and without a key."""

import os
from multiprocessing.connection import Client, Listener

KEY = os.environ["MANAGER_KEY"].encode()


def open_to_all():
    with Listener(("0.0.0.0", 6000)) as listener:
        with listener.accept() as conn:
            return conn.recv()  # finding: pickle-over-network any-host critical source=mp-connection role=bind


def constant_key():
    listener = Listener(("0.0.0.0", 6001), authkey=b"password")
    conn = listener.accept()
    return conn.recv()  # finding: pickle-over-network any-host critical source=mp-connection


def with_key():
    listener = Listener(("0.0.0.0", 6002), authkey=KEY)
    conn = listener.accept()
    return conn.recv()  # finding: pickle-over-network note effective auth=hmac source=mp-connection


def unix(path):
    listener = Listener(path, family="AF_UNIX")
    conn = listener.accept()
    return conn.recv()  # finding: pickle-over-network this-host medium source=mp-connection


def local():
    listener = Listener(("localhost", 6003))
    conn = listener.accept()
    return conn.recv()  # finding: pickle-over-network this-host medium source=mp-connection


def client(host):
    conn = Client((host, 6000))
    conn.send({"op": "get"})
    return conn.recv()  # finding: pickle-over-network configurable high source=mp-connection role=connect


def raw_bytes(host):
    conn = Client((host, 6000))
    return conn.recv_bytes()  # safe: pickle-over-network

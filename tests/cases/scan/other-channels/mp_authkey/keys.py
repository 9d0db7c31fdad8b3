"""An authkey that is written in the code, or in a default, lets in whoever reads the code; with None nobody is asked."""

import os
from multiprocessing.connection import Client, Listener

DEFAULT = os.environ.get("WORKER_KEY", "worker-secret").encode()
NEEDED = os.environ["WORKER_KEY"].encode()
OPTIONAL = os.environ.get("WORKER_KEY")


def written():
    conn = Listener(("0.0.0.0", 6100), None, 1, b"secret").accept()
    return conn.recv()  # finding: pickle-over-network any-host critical auth=hmac incomplete=constant-key


def default_of_the_environment():
    conn = Listener(("0.0.0.0", 6101), authkey=DEFAULT).accept()
    return conn.recv()  # finding: pickle-over-network any-host critical auth=hmac incomplete=constant-key


def default_argument(key=b"secret"):
    conn = Listener(("0.0.0.0", 6102), authkey=key).accept()
    return conn.recv()  # finding: pickle-over-network any-host critical auth=hmac incomplete=constant-key


def client(host):
    conn = Client((host, 6103), authkey=os.environ.get("WORKER_KEY", "worker-secret").encode())
    return conn.recv()  # finding: pickle-over-network configurable high auth=hmac incomplete=constant-key


def nobody_is_asked():
    conn = Listener(("0.0.0.0", 6104), authkey=None).accept()
    return conn.recv()  # finding: pickle-over-network any-host critical auth=none incomplete=none


def not_given():
    conn = Listener(("0.0.0.0", 6105)).accept()
    return conn.recv()  # finding: pickle-over-network any-host critical auth=none incomplete=none


def if_there_is_one():
    conn = Listener(("0.0.0.0", 6106), authkey=OPTIONAL.encode() if OPTIONAL else None).accept()
    return conn.recv()  # finding: pickle-over-network any-host critical auth=hmac incomplete=off-by-default


def if_one_is_passed(key=None):
    conn = Listener(("0.0.0.0", 6107), authkey=key).accept()
    return conn.recv()  # finding: pickle-over-network any-host critical auth=hmac incomplete=off-by-default


def needed():
    conn = Listener(("0.0.0.0", 6108), authkey=NEEDED).accept()
    return conn.recv()  # finding: pickle-over-network note effective auth=hmac incomplete=none


def needed_by_the_client(host):
    conn = Client((host, 6109), authkey=os.environ["WORKER_KEY"].encode())
    return conn.recv()  # finding: pickle-over-network note effective auth=hmac incomplete=none


def passed(key):
    conn = Listener(("0.0.0.0", 6110), authkey=key).accept()
    return conn.recv()  # finding: pickle-over-network note effective auth=hmac incomplete=none

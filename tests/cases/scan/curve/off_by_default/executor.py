"""The key folder is only given if an option says so, and the option is off by default."""

import zmq
import zmq.auth
from zmq.auth.thread import ThreadAuthenticator


class ServerContext(zmq.Context):
    def __init__(self, cert_dir=None):
        super().__init__()
        self.cert_dir = cert_dir
        if cert_dir is not None:
            self.auth = ThreadAuthenticator(self)
            self.auth.start()
            self.auth.configure_curve(domain="*", location=cert_dir)

    def socket(self, kind):
        sock = super().socket(kind)
        if self.cert_dir is not None:
            sock.curve_publickey, sock.curve_secretkey = zmq.auth.load_certificate(self.cert_dir + "/server.key_secret")
            sock.curve_server = True
        return sock


class Executor:
    def __init__(self, encrypted: bool = False):
        self.cert_dir = "/run/keys" if encrypted else None
        self.ctx = ServerContext(self.cert_dir)
        self.results = self.ctx.socket(zmq.DEALER)
        self.results.bind("tcp://*:8505")

    def next_result(self):
        return self.results.recv_pyobj()  # finding: pickle-over-network any-host critical source=zmq incomplete=off-by-default


class SecureExecutor:
    def __init__(self, port: int, curve: bool = False):
        ctx = zmq.Context()
        self.results = ctx.socket(zmq.DEALER)
        if curve:
            self.auth = ThreadAuthenticator(ctx)
            self.auth.start()
            self.auth.configure_curve(domain="*", location="/run/keys")
            self.results.curve_publickey, self.results.curve_secretkey = zmq.auth.load_certificate("/run/keys/server.key_secret")
            self.results.curve_server = True
        self.results.bind(f"tcp://*:{port}")

    def next_result(self):
        return self.results.recv_pyobj()  # finding: pickle-over-network any-host critical source=zmq incomplete=off-by-default

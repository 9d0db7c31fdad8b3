"""Certificates are made when none were given, unless somebody turns encryption off."""

import zmq
import zmq.auth
from zmq.auth.thread import ThreadAuthenticator


class Server:
    def __init__(self, cert_dir):
        self.cert_dir = cert_dir
        self.context = zmq.Context()
        self.authenticator = ThreadAuthenticator(self.context)
        self.authenticator.start()
        self.authenticator.configure_curve(domain="*", location=cert_dir)

    def socket(self):
        socket = self.context.socket(zmq.PULL)
        if self.cert_dir is not None:
            public, secret = zmq.auth.load_certificate(self.cert_dir)
            socket.curve_publickey = public
            socket.curve_secretkey = secret
            socket.curve_server = True
        socket.bind("tcp://0.0.0.0:5557")
        return socket


class Executor:
    def __init__(self, encrypted=True):
        self.encrypted = encrypted
        self.cert_dir = None

    def start(self, folder):
        if self.encrypted and self.cert_dir is None:
            self.cert_dir = zmq.auth.create_certificates(folder, "server")[1]
        socket = Server(self.cert_dir).socket()
        return socket.recv_pyobj()  # finding: pickle-over-network note effective auth=curve

"""A list of addresses keeps strangers out, and lets in whoever is on an allowed host; a list of keys tells who it is."""

import zmq
import zmq.auth
from zmq.auth.thread import ThreadAuthenticator


def by_address():
    context = zmq.Context()
    authenticator = ThreadAuthenticator(context)
    authenticator.start()
    authenticator.allow("10.0.0.5")
    socket = context.socket(zmq.PULL)
    socket.zap_domain = b"global"
    socket.bind("tcp://*:8622")
    return socket.recv_pyobj()  # finding: pickle-over-network any-host critical auth=peer-address incomplete=peer-address


def by_key(folder):
    context = zmq.Context()
    authenticator = ThreadAuthenticator(context)
    authenticator.start()
    authenticator.configure_curve(domain="*", location=folder + "/clients")
    socket = context.socket(zmq.PULL)
    socket.curve_publickey, socket.curve_secretkey = zmq.auth.load_certificate(folder + "/server.key_secret")
    socket.curve_server = True
    socket.bind("tcp://*:8623")
    return socket.recv_pyobj()  # finding: pickle-over-network note effective auth=curve incomplete=none

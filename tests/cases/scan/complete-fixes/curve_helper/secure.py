"""A helper gives sockets their keys, from a folder, and enforces the list of clients; both ends use it."""

import os
from pathlib import Path

import zmq
import zmq.auth
from zmq.auth.thread import ThreadAuthenticator

_AUTHENTICATORS: dict[zmq.Context, ThreadAuthenticator] = {}


def _folder() -> Path:
    return Path(os.environ["APP_CERTIFICATES"])


def _authenticate(context: zmq.Context) -> None:
    if context not in _AUTHENTICATORS:
        authenticator = ThreadAuthenticator(context)
        authenticator.start()
        authenticator.configure_curve(domain="*", location=str(_folder() / "clients"))
        _AUTHENTICATORS[context] = authenticator


def secure_server(socket: zmq.Socket) -> zmq.Socket:
    _authenticate(socket.context)
    public, secret = zmq.auth.load_certificate(_folder() / "server.key_secret")
    socket.curve_publickey = public
    socket.curve_secretkey = secret
    socket.curve_server = True
    return socket


def secure_client(socket: zmq.Socket) -> zmq.Socket:
    socket.curve_publickey, socket.curve_secretkey = zmq.auth.load_certificate(_folder() / "client.key_secret")
    socket.curve_serverkey, _ = zmq.auth.load_certificate(_folder() / "server.key")
    return socket

"""TLS authenticates the peer only if client certificates are required."""

import pickle
import socket
import ssl


def context(cert, key):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    return tls


def mutual(cert, key, ca):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    tls.verify_mode = ssl.CERT_REQUIRED
    tls.load_verify_locations(cafile=ca)
    listener = socket.create_server(("0.0.0.0", 8407))
    secure = tls.wrap_socket(listener, server_side=True)
    conn, _ = secure.accept()
    return pickle.loads(conn.recv(65536))  # finding: pickle-over-network note effective auth=tls source=socket


def server_only(cert, key):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    listener = socket.create_server(("0.0.0.0", 8408))
    conn, _ = listener.accept()
    secure = tls.wrap_socket(conn, server_side=True)
    return pickle.loads(secure.recv(65536))  # finding: pickle-over-network any-host critical source=socket


def plain():
    listener = socket.create_server(("0.0.0.0", 8409))
    conn, _ = listener.accept()
    return pickle.loads(conn.recv(65536))  # finding: pickle-over-network any-host critical source=socket

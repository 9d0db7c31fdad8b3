"""A connection that libzmq tells of by its address is found under the name that was given."""

import socket

import pytest

from gnomon.wire.names import named


@pytest.mark.parametrize(
    ("endpoint", "given", "found"),
    [
        ("tcp://10.0.0.1:5555", ["tcp://server:5555"], "tcp://server:5555"),
        ("tcp://10.0.0.1:5555", ["tcp://server:5556", "ipc://x", "tcp://other:5555"], "tcp://other:5555"),
        ("tcp://10.0.0.1:5555", ["tcp://server:5556"], "tcp://10.0.0.1:5555"),
        ("tcp://10.0.0.1:5555", [], "tcp://10.0.0.1:5555"),
        ("tcp://10.0.0.2:5555", ["tcp://one:5555", "tcp://eth0;two:5555"], "tcp://eth0;two:5555"),
        ("tcp://[fe::2]:5555", ["tcp://one:5555", "tcp://[fe::2]:5555"], "tcp://[fe::2]:5555"),
        ("tcp://10.0.0.9:5555", ["tcp://one:5555", "tcp://unknown:5555"], "tcp://10.0.0.9:5555"),
        ("tcp://10.0.0.9:5555", ["tcp://one:5555", "tcp://a..b:5555"], "tcp://10.0.0.9:5555"),
    ],
)
def test_an_endpoint_is_found(monkeypatch, endpoint, given, found):
    """By its port, or by what its name means where several have that port; else it stays as it was told."""
    known = {"one": "10.0.0.1", "two": "10.0.0.2", "fe::2": "fe::2"}

    def resolved(host, port, **options):
        host.encode("idna")
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (known[host], 0))]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)

    assert named(endpoint, given) == found

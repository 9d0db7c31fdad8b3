"""Contexts over real sockets: loopback with a free port, or a private folder."""

import contextlib

import pytest

from gnomon.wire.codec import Codec
from gnomon.wire.context import Context
from gnomon.wire.keys import Key, KeyRing

MODES = ("curve", "sealed", "local")


@pytest.fixture
def ring():
    """A ring with one shared key."""
    return KeyRing(keys=(Key.new(),))


@pytest.fixture
def open_context(ring, tmp_path):
    """Makes contexts that are closed at the end: `open_context(mode, …)`, with the shared key if none is given."""
    with contextlib.ExitStack() as stack:

        def opened(mode, *, made=Context, **options):
            options.setdefault("keys", ring)
            options.setdefault("codec", Codec())
            options.setdefault("linger_s", 1)
            return stack.enter_context(made(mode=mode, folder=tmp_path / "wire", **options))

        yield opened


@pytest.fixture
def address(tmp_path):
    """Where a socket of a mode can bind."""

    def chosen(mode):
        return "ipc://channel" if mode == "local" else "tcp://127.0.0.1:*"

    return chosen

"""Keys as `gnomon keys` writes them, and programs under the shield."""

import pytest

from gnomon.wire.key_files import save_key
from gnomon.wire.keys import CurvePair, Key
from tests.guard.sockets.shield.programs import Stage


@pytest.fixture
def stage(tmp_path):
    """A `Stage` whose programs end with the test."""
    stage = Stage(tmp_path)
    yield stage
    stage.end()


@pytest.fixture
def key():
    """A shared key."""
    return Key.new()


@pytest.fixture
def keys(tmp_path, key):
    """A folder with one shared key."""
    save_key(key, tmp_path / "keys")
    return tmp_path / "keys"


@pytest.fixture
def other_keys(tmp_path):
    """A folder with another one."""
    save_key(Key.new(), tmp_path / "other-keys")
    return tmp_path / "other-keys"


@pytest.fixture
def pairs(tmp_path):
    """Folders of a server, of a client on its list, and of one that knows the server's public key but is not listed."""
    server, client, stranger = CurvePair.new(), CurvePair.new(), CurvePair.new()
    for name, pair, peer in (("server", server, client), ("client", client, server), ("stranger", stranger, server)):
        save_key(pair, tmp_path / name)
        save_key(peer.public, tmp_path / name)
    return {
        "server": tmp_path / "server",
        "client": tmp_path / "client",
        "stranger": tmp_path / "stranger",
        "ids": {"client": client.id.hex(), "stranger": stranger.id.hex()},
    }

"""Files that gnomon.wire writes are read as it reads them, and refused where it refuses them."""

import os
import sys

import pytest

from gnomon.guard.errors import ShieldError
from gnomon.guard.sockets.curve_keys import MAX_KEY_FILE_BYTES, CurveKeys, Secret, id_of, read
from gnomon.wire.key_files import save_key
from gnomon.wire.keys import CurvePair, CurvePublic, Key, written

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")


@pytest.fixture
def folder(tmp_path):
    """A folder for keys."""
    return tmp_path / "keys"


def put(folder, text, mode=0o600, name="a.key"):
    """A key file with that text."""
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_what_wire_writes_is_read(folder):
    """Of every kind, from the folder or a single file."""
    keys = [Key.new(suite, seals_from=5) for suite in ("aes-256-gmac", "aes-256-gcm", "hmac-sha256")]
    pair, peer = (
        CurvePair.new(),
        CurvePublic(id=(made := CurvePair.new().public).id, public=made.public, accepted_until=9),
    )
    paths = [save_key(each, folder) for each in (*keys, pair, peer)]
    found = read(str(folder))

    shared = {(key.id.hex(), key.secret.reveal(), 5, 0) for key in keys}
    assert {(key.id, key.secret.reveal(), key.seals_from, key.accepted_until) for key in found.shared} == shared
    assert (found.pair.id, found.pair.secret.reveal()) == (pair.id.hex(), pair.secret.reveal())
    assert [tuple(each) for each in found.peers] == [(peer.id.hex(), peer.public, 9)]
    assert found.path == str(folder)
    assert [key.id for key in read(paths[0]).shared] == [keys[0].id.hex()]
    assert id_of(peer.public) == peer.id.hex()


def test_no_repr_shows_a_secret(folder):
    """Nor that of the keys it is in."""
    key, pair = Key.new(), CurvePair.new()
    for each in (key, pair):
        save_key(each, folder)
    shown = repr(read(folder))

    assert "<secret>" in shown
    for secret in (key.secret, pair.secret):
        assert repr(secret.reveal()) not in shown
        assert secret.reveal().hex() not in shown
    assert str(Secret(bytes(32))) == "<secret>"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_secret_that_others_can_use_is_none(folder, mode):
    """Root's may be the group's to read: so are mounted secrets."""
    put(folder, written(Key.new()), mode)

    if mode == 0o640 and os.geteuid() == 0:
        assert read(folder).shared
        return
    with pytest.raises(ShieldError, match="others can use key file") as caught:
        read(folder)
    assert "chmod 600" in caught.value.remedy


def test_public_keys_may_be_read_by_anybody_and_written_by_nobody_else(folder):
    """Somebody who can write one is on the list."""
    path = put(folder, written(CurvePair.new().public), 0o644, "a.pub")
    assert len(read(folder).peers) == 1
    path.chmod(0o664)

    with pytest.raises(ShieldError, match="others can write public key"):
        read(folder)


def test_a_folder_that_others_can_write_into_is_refused(folder):
    """Unless it is sticky, as mounted secrets are."""
    put(folder, written(Key.new()))
    folder.chmod(0o777)
    with pytest.raises(ShieldError, match="others can write into"):
        read(folder)
    folder.chmod(0o1777)

    assert read(folder).shared


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_keys_of_somebody_else_are_refused(folder):
    """They could read it, or change it."""
    os.chown(put(folder, written(Key.new())), 12_345, 12_345)

    with pytest.raises(ShieldError, match="belongs to user 12345"):
        read(folder)


def changed(key, part, to):
    """The line of a key with one part changed."""
    parts = written(key).split(".")
    parts[part] = to
    return ".".join(parts)


KEY, PAIR = Key.of(bytes(range(32))), CurvePair.of(bytes(range(32)))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("hello", "this is no key"),
        (changed(KEY, 0, "gnomon-key-2"), "this is no key"),
        (changed(KEY, 1, "rot13"), "of a kind that this version does not know"),
        (changed(KEY, 2, "0" * 16), "does not belong to its bytes"),
        (changed(KEY, 2, "A" * 16), "its id is not 16 hex digits"),
        (changed(KEY, 1, "aes-256-gcm"), "does not belong to its bytes"),
        (changed(KEY, 3, "-1"), "its times are not seconds"),
        (changed(KEY, 4, "1" * 13), "its times are not seconds"),
        (changed(KEY, 5, "AAAA"), "is damaged"),
        (changed(KEY, 5, written(KEY).split(".")[5] + "="), "is damaged"),
        (changed(PAIR.public, 3, "5"), "has a time to begin at"),
        (f"{written(KEY)}\n{written(KEY)}", "is twice in"),
        (f"{written(PAIR)}\n{written(CurvePair.new())}", "has 2 CURVE pairs"),
        ("x" * (MAX_KEY_FILE_BYTES + 1), "is no key file"),
    ],
)
def test_a_broken_file_is_an_error_that_quotes_no_secret(folder, text, why):
    """It names the file."""
    put(folder, text)

    with pytest.raises(ShieldError, match=why) as caught:
        read(folder)
    assert str(folder) in caught.value.problem
    assert written(KEY).split(".")[5] not in caught.value.problem + caught.value.remedy


def test_what_is_not_there_or_no_file_is_an_error(folder):
    """Without waiting for anybody to write into a pipe."""
    with pytest.raises(ShieldError, match="can't be read"):
        read(folder / "missing.key")
    folder.mkdir()
    with pytest.raises(ShieldError, match="there are no keys in"):
        read(folder)
    os.mkfifo(folder / "pipe.key")

    with pytest.raises(ShieldError, match="is no key file"):
        read(folder)


def test_keys_are_values():
    """Two readings of the same are told apart by their bytes alone."""
    assert CurveKeys(path="") == CurveKeys(path="")

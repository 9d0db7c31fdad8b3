"""Keys are taken from where nobody else can read or change them, and from nowhere else."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from gnomon.wire.errors import KeyMissing, KeyWrong
from gnomon.wire.key_files import (
    MAX_KEY_FILE_BYTES,
    VARIABLE,
    _overwrite,
    keys_of_file,
    ring_from_environment,
    ring_from_file,
    ring_from_folder,
    save_key,
)
from gnomon.wire.keys import CurvePair, Key, KeyRing, written

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
root_only = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")


@pytest.fixture
def folder(tmp_path):
    """A folder for keys."""
    return tmp_path / "keys"


def test_a_saved_key_is_found_and_is_for_the_user_alone(folder):
    """Its folder too; a public half is told by its suffix."""
    key, pair = Key.new(), CurvePair.new()
    peer = CurvePair.new().public
    paths = [save_key(each, folder) for each in (key, pair, peer)]

    assert [path.suffix for path in paths] == [".key", ".key", ".pub"]
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert ring_from_folder(folder) == KeyRing(keys=(key,), pair=pair, peers=(peer,))
    assert ring_from_file(paths[0]) == KeyRing(keys=(key,))
    assert sorted(folder.iterdir()) == sorted(paths)


def test_a_key_is_written_over_itself_alone(folder):
    """As a whole, with the old mode and nothing left beside it."""
    key = Key.new()
    path = save_key(key, folder)
    save_key(key, folder)

    assert [*folder.iterdir()] == [path]


def test_a_file_may_hold_several_keys(tmp_path):
    """One a line."""
    keys = (Key.new(), Key.new())
    path = tmp_path / "both.key"
    path.write_text("".join(f"{written(key)}\n" for key in keys))
    path.chmod(0o400)

    assert ring_from_file(str(path)).keys == keys


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o666, 0o602, 0o620, 0o610, 0o601])
def test_a_secret_that_others_can_use_is_refused(folder, mode):
    """Unless root lets a group read it: so a mounted secret is handed over."""
    path = save_key(Key.new(), folder)
    path.chmod(mode)
    if mode == 0o640 and os.geteuid() == 0:
        ring_from_file(path)
        return

    with pytest.raises(KeyWrong, match=f"mode {mode:04o}.*chmod 600"):
        ring_from_file(path)


@root_only
def test_a_group_may_not_read_what_is_not_roots():
    """And a file of somebody else's is not used at all."""
    with tempfile.TemporaryDirectory() as name:
        path = save_key(Key.new(), Path(name))
        for each in (name, path):
            os.chown(each, 12_345, 12_345)
        with pytest.raises(KeyWrong, match="belongs to user 12345"):
            keys_of_file(path)
        os.seteuid(12_345)
        try:
            assert len(keys_of_file(path)) == 1
            path.chmod(0o640)
            with pytest.raises(KeyWrong, match="mode 0640"):
                keys_of_file(path)
        finally:
            os.seteuid(0)


@pytest.mark.parametrize(("mode", "taken"), [(0o644, True), (0o444, True), (0o664, False), (0o646, False)])
def test_a_public_key_may_be_read_but_not_changed_by_others(folder, mode, taken):
    """Whoever could change it, would come in."""
    path = save_key(CurvePair.new().public, folder)
    path.chmod(mode)
    if taken:
        assert len(ring_from_folder(folder).peers) == 1
    else:
        with pytest.raises(KeyWrong, match="chmod go-w"):
            ring_from_folder(folder)


def test_a_folder_that_others_can_write_into_is_refused(folder):
    """Whoever could put a key there, would come in."""
    save_key(Key.new(), folder)
    folder.chmod(0o770)

    with pytest.raises(KeyWrong, match="chmod go-w"):
        ring_from_folder(folder)


def test_a_mounted_secret_is_read(tmp_path):
    """As Kubernetes lays it out: links into a dated folder behind a link, in a folder of mode 1777."""
    key = Key.new()
    mount = tmp_path / "mount"
    dated = mount / "..2026_11_26"
    dated.mkdir(parents=True)
    mount.chmod(0o1777)
    (dated / "first.key").write_text(written(key))
    (dated / "first.key").chmod(0o440 if os.geteuid() == 0 else 0o400)
    (mount / "..data").symlink_to("..2026_11_26")
    (mount / "first.key").symlink_to("..data/first.key")

    assert ring_from_folder(mount) == KeyRing(keys=(key,))


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_an_empty_key_file_is_a_missing_key(tmp_path, content):
    """Said of the file."""
    path = tmp_path / "a.key"
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(KeyMissing, match=r"a\.key is empty"):
        ring_from_file(path)


@pytest.mark.parametrize("content", [b"\xff\x00\xfe", b"a" * (MAX_KEY_FILE_BYTES + 1), b"-----BEGIN PRIVATE KEY-----"])
def test_what_is_no_key_file_is_refused(tmp_path, content):
    """Said of the file, and nothing of it is quoted."""
    path = tmp_path / "a.key"
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(KeyWrong, match=r"a\.key") as caught:
        ring_from_file(path)
    assert "PRIVATE" not in str(caught.value)


def test_a_pipe_or_folder_in_place_of_a_file_keeps_nobody_waiting(tmp_path):
    """It is no key file."""
    os.mkfifo(tmp_path / "pipe.key", 0o600)
    (tmp_path / "folder.key").mkdir()

    with pytest.raises(KeyWrong, match="no key file"):
        ring_from_file(tmp_path / "pipe.key")
    with pytest.raises((KeyWrong, KeyMissing), match=r"folder\.key"):
        ring_from_file(tmp_path / "folder.key")


def test_what_is_not_there_is_a_missing_key(tmp_path):
    """File, folder, or keys in a folder; said with how to make one."""
    for read, path in (
        (ring_from_file, tmp_path / "a"),
        (ring_from_folder, tmp_path / "b"),
        (ring_from_folder, tmp_path),
    ):
        with pytest.raises(KeyMissing, match=str(path)):
            read(path)


def test_a_key_that_can_not_be_written_is_an_error_without_the_key(tmp_path):
    """A file where the folder should be."""
    (tmp_path / "keys").write_text("")
    key = Key.new()

    with pytest.raises(KeyWrong, match=key.id.hex()) as caught:
        save_key(key, tmp_path / "keys")
    assert written(key).rpartition(".")[2] not in str(caught.value)


def test_a_variable_is_gone_after_it_was_read():
    """Whatever happens with what it held."""
    key = Key.new()
    environment = {VARIABLE: written(key), "BAD": "no key", "OTHER": "x"}

    assert ring_from_environment(environment=environment) == KeyRing(keys=(key,))
    with pytest.raises(KeyWrong):
        ring_from_environment("BAD", environment)
    with pytest.raises(KeyMissing, match=VARIABLE):
        ring_from_environment(environment=environment)
    assert environment == {"OTHER": "x"}


def test_a_variable_of_the_process_is_gone_for_its_children_and_for_proc():
    """Once a process has read it, nothing shows it: not its environment, its child's, or /proc."""
    script = """
import os, subprocess
from gnomon.wire.key_files import ring_from_environment
print(ring_from_environment().keys[0].id.hex())
print("GNOMON_KEYS" in os.environ)
print(subprocess.run(["env"], capture_output=True, text=True).stdout)
print(open("/proc/self/environ", errors="replace").read() if os.path.exists("/proc/self/environ") else "")
"""
    key = Key.new()
    environment = os.environ | {VARIABLE: written(key), "BEFORE": "1", "ZLATER": "kept"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.startswith(f"{key.id.hex()}\nFalse\n")
    assert written(key).rpartition(".")[2] not in done.stdout
    assert done.stdout.count("ZLATER=kept") == (2 if sys.platform == "linux" else 1)


@pytest.mark.parametrize("stat", ["1 (a) b) R " + "0 " * 46 + "7 40", "1 (a) R 0", None])
def test_a_value_is_overwritten_where_it_lies_and_nothing_else(tmp_path, stat):
    """As proc shows the process: where its environment is, and its memory. Where proc is hidden, nothing is done."""
    before = b"memory\0A=b\0SECRET=12345\0SECRETS=6789\0more\0SECRET=1"
    (tmp_path / "mem").write_bytes(before)
    if stat is not None:
        (tmp_path / "stat").write_text(stat)
    _overwrite("SECRET", tmp_path)

    after = before.replace(b"12345", b"00000") if stat and len(stat) > 20 else before
    assert (tmp_path / "mem").read_bytes() == after


def test_a_variable_that_was_set_later_is_gone_too(monkeypatch):
    """One that the process gave itself."""
    key = Key.new()
    monkeypatch.setenv("GNOMON_TEST_KEYS", written(key))

    assert ring_from_environment("GNOMON_TEST_KEYS").keys == (key,)
    assert "GNOMON_TEST_KEYS" not in os.environ

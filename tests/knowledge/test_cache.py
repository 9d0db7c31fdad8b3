"""Built knowledge is kept for the next run, and only believed if nobody else can have written it."""

import os
import stat
import sys
from hashlib import sha256

import msgspec
import pytest

from gnomon.knowledge.load import load

HEAD = 'library = "acme"\nmodules = ["acme"]\nlink = "https://acme.example"\n'
OWNERS = pytest.mark.skipif(not hasattr(os, "getuid"), reason="no owners on this system")


def _kept(cache):
    (file,) = (cache / "knowledge").iterdir()
    return file


def test_the_second_run_reads_what_the_first_kept(cache, monkeypatch):
    """With a kept file no TOML is parsed, and the answer is the same."""
    first = load()
    monkeypatch.setitem(sys.modules, "gnomon.knowledge.build", None)

    assert load() == first


@OWNERS
def test_only_the_owner_can_read_or_write_what_is_kept(cache):
    """The folder has mode 0700, the file 0600."""
    load()

    assert stat.S_IMODE((cache / "knowledge").stat().st_mode) == 0o700
    assert stat.S_IMODE(_kept(cache).stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", [b"", b"\x00", b"not msgpack", b"\xc1" * 64], ids=repr)
def test_a_damaged_file_is_built_again(cache, damage):
    """Whatever the file holds, the answer is right and the file is mended."""
    known = load()
    whole = _kept(cache).read_bytes()
    _kept(cache).write_bytes(damage)

    assert load() == known
    assert _kept(cache).read_bytes() == whole


def test_a_file_cut_short_is_built_again(cache):
    """As after a full disk."""
    known = load()
    _kept(cache).write_bytes(_kept(cache).read_bytes()[:-100])

    assert load() == known


@OWNERS
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o640, 0o777], ids=oct)
def test_a_file_that_others_may_touch_is_not_believed(cache, mode):
    """Knowledge that somebody else could have changed could make gnomon silent."""
    known = load()
    _forge(_kept(cache), _kept(cache).name)
    _kept(cache).chmod(mode)

    assert load() == known


@OWNERS
def test_a_folder_that_others_may_touch_is_not_believed(cache):
    """Nor written to."""
    known = load()
    _forge(_kept(cache), _kept(cache).name)
    (cache / "knowledge").chmod(0o777)

    assert load() == known
    assert msgspec.msgpack.decode(_kept(cache).read_bytes()[32:])["rules"] == []


@OWNERS
def test_a_link_is_not_followed(cache, tmp_path):
    """A link in place of the file is replaced, what it points to stays as it was."""
    known = load()
    file, target = _kept(cache), tmp_path / "elsewhere"
    file.rename(target)
    _forge(target, file.name)
    forged = target.read_bytes()
    file.symlink_to(target)

    assert load() == known
    assert target.read_bytes() == forged
    assert not file.is_symlink()


def test_a_changed_file_is_seen_at_once(folder):
    """The name of what is kept follows the content, not times or sizes."""
    place = folder(**{"models/acme": HEAD + '# a\n[[sink]]\napi = ["acme.load"]'})
    before = load([place])
    folder(**{"models/acme": HEAD + '# b\n[[sink]]\napi = ["acme.read"]'})

    after = load([place])

    assert after.models[-1].sink[0].api == ("acme.read",)
    assert after.version != before.version


def test_knowledge_of_several_projects_is_kept_side_by_side(cache, folder, monkeypatch):
    """A project with models of its own doesn't cost the next one a build."""
    known, place = load(), folder(**{"models/acme": HEAD})
    more = load([place])
    monkeypatch.setitem(sys.modules, "gnomon.knowledge.build", None)

    assert (load(), load([place])) == (known, more)


def test_a_folder_that_cannot_be_made_only_costs_time(tmp_path, monkeypatch):
    """A file in the folder's place, or a read-only home, is no error."""
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    monkeypatch.setenv("GNOMON_CACHE_DIR", str(blocked / "cache"))

    assert load().rules


def test_without_the_variable_the_users_cache_folder_is_used(tmp_path, monkeypatch):
    """As the system has it."""
    monkeypatch.delenv("GNOMON_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home-cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    load()

    assert [path for path in tmp_path.rglob("knowledge/*") if path.is_file()]


def _forge(file, key) -> None:
    """Valid knowledge without any rule, with the checksum that goes with it."""
    known = msgspec.msgpack.decode(file.read_bytes()[32:])
    forged = msgspec.msgpack.encode({**known, "rules": []})
    file.write_bytes(sha256(key.encode() + b"\0" + forged).digest() + forged)

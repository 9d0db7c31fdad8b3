"""`gnomon keys` makes, lists, replaces and shows keys, and prints no secret."""

import time

import pytest

from gnomon.wire.key_files import ring_from_folder
from gnomon.wire.keys import CurvePair, CurvePublic, Key, parsed, written


@pytest.fixture
def folder(tmp_path):
    """Where the keys of a test are."""
    return tmp_path / "keys"


@pytest.fixture
def keys(gnomon, folder):
    """Runs `gnomon keys VERB … --folder`; fails if a secret was printed."""

    def run(*arguments):
        done = gnomon("keys", *arguments, "--folder", folder)
        for path in folder.glob("*.key"):
            assert path.read_text().split()[0].rpartition(".")[2] not in done.stdout + done.stderr
        return done

    return run


@pytest.mark.parametrize("suite", ["aes-256-gmac", "aes-256-gcm", "hmac-sha256"])
def test_a_new_key_is_written_and_named(keys, folder, suite):
    """By its id, with the file it is in."""
    done = keys("new", "--suite", suite)
    [key] = ring_from_folder(folder).keys

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{key.id.hex()}  {suite}, in {folder / key.id.hex()}.key\n"
    assert key.suite == suite


def test_without_a_folder_keys_lie_in_the_users_configuration(gnomon, tmp_path):
    """Made if it is not there."""
    done = gnomon("keys", "new", XDG_CONFIG_HOME=str(tmp_path))

    assert done.returncode == 0, done.stderr
    assert len(ring_from_folder(tmp_path / "gnomon" / "keys").keys) == 1


def test_a_new_pair_gives_its_public_half_away(keys, folder, tmp_path):
    """To a file, and whenever it is shown."""
    done = keys("new", "--curve", "--public", tmp_path / "mine.pub")
    pair = ring_from_folder(folder).pair

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "mine.pub").read_text() == f"{written(pair.public)}\n"
    shown = keys("show", pair.id.hex()).stdout.splitlines()
    assert parsed(shown[-1]) == pair.public
    assert isinstance(parsed(shown[-1]), CurvePublic)


def test_a_public_half_needs_a_pair_and_a_place(keys, tmp_path):
    """Else it is told what to type, or what failed."""
    assert keys("new", "--public", tmp_path / "x").returncode == 2
    failed = keys("new", "--curve", "--public", tmp_path / "none" / "x")
    assert failed.returncode == 2
    assert "can't be written" in failed.stderr


def test_keys_are_listed_with_when_they_are_in_force(keys, folder):
    """One a line."""
    from gnomon.wire.key_files import save_key

    plain = Key.new()
    ended = Key.of(bytes(32))
    ended = Key(id=ended.id, secret=ended.secret, accepted_until=1)
    for key in (plain, ended, CurvePair.new(), CurvePair.new().public, Key.new(seals_from=99_999_999_999)):
        save_key(key, folder)
    done = keys("list")

    assert done.returncode == 0, done.stderr
    assert f"{plain.id.hex()}  aes-256-gmac  in force\n" in done.stdout
    assert f"{ended.id.hex()}  aes-256-gmac  expired at 1970-01-01 00:00 UTC, can be removed\n" in done.stdout
    assert "CURVE pair    in force\n" in done.stdout
    assert "CURVE public  in force\n" in done.stdout
    assert "seals from 5138-11-16" in done.stdout


def test_a_list_goes_on_after_what_can_not_be_used(keys, folder):
    """It says so, and ends with exit code 4."""
    keys("new")
    (folder / "0.key").write_text("\x1b[31mgnomon-key-1.x")
    (folder / "0.key").chmod(0o600)
    done = keys("list")

    assert done.returncode == 4
    assert "can't be used" in done.stdout
    assert "in force" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_key_is_replaced_with_an_overlap(keys, folder):
    """The new one takes over in time, the old one is accepted as long again."""
    keys("new", "--suite", "aes-256-gcm")
    [old] = ring_from_folder(folder).keys
    done = keys("rotate", "--overlap", "2")
    ring = ring_from_folder(folder)
    now = time.time()
    [new] = [key for key in ring.keys if key.id != old.id]

    assert done.returncode == 0, done.stderr
    assert new.id.hex() in done.stdout
    assert old.id.hex() in done.stdout
    assert ring.sealing(now).id == old.id
    assert ring.sealing(now + 2 * 3600).id == new.id
    assert new.suite == "aes-256-gcm"
    assert new.accepted_until == 0
    assert abs(ring.get(old.id).accepted_until - now - 4 * 3600) < 60
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_one_replacement_at_a_time(keys):
    """A second one would make it unclear which key is where."""
    keys("new")
    keys("rotate")
    again = keys("rotate")

    assert again.returncode == 2
    assert "on its way already" in again.stderr


def test_a_key_among_others_in_a_file_is_left_to_the_user(keys, folder):
    """Its file is not one that gnomon wrote."""
    folder.mkdir(mode=0o700)
    (folder / "mine.key").write_text(written(Key.new()))
    (folder / "mine.key").chmod(0o600)
    done = keys("rotate")

    assert done.returncode == 2
    assert "not alone in" in done.stderr
    assert len(ring_from_folder(folder).keys) == 1


def test_a_key_is_shown_by_the_beginning_of_its_id(keys, folder):
    """If that fits one alone."""
    keys("new")
    [key] = ring_from_folder(folder).keys
    done = keys("show", key.id.hex()[:6])

    assert done.stdout.splitlines() == [
        f"{key.id.hex()}  aes-256-gmac, in force",
        f"in {folder / key.id.hex()}.key",
    ]
    assert keys("show", "zz").returncode == 2
    assert keys("show", "").returncode == 2


@pytest.mark.parametrize("verb", [["list"], ["rotate"], ["show", "ab"]])
def test_where_no_keys_are_it_says_how_to_make_one(keys, folder, verb):
    """No folder, or an empty one."""
    assert "there are no keys" in keys(*verb).stderr
    folder.mkdir()
    assert "gnomon keys new" in keys(*verb).stderr
    assert keys(*verb).returncode == 2


def test_without_the_extra_it_says_what_to_install(gnomon, folder, tmp_path):
    """The exact command."""
    (tmp_path / "cryptography.py").write_text("raise ModuleNotFoundError('gone', name='cryptography')")
    done = gnomon("keys", "new", "--curve", "--folder", folder, PYTHONPATH=str(tmp_path))

    assert done.returncode == 2
    assert "cryptography, which is not installed" in done.stderr
    assert "pip install 'gnomon[wire]'" in done.stderr

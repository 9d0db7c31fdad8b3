"""What is kept between runs is whole or gone, stays private, and never takes more room than it may."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from gnomon.store import Store

STORE = Store(name="things", max_bytes=400_000)
POSIX = pytest.mark.skipif(not hasattr(os, "getuid"), reason="no owners, limits or signals as on POSIX systems")
ROOT = pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can become somebody else")

# Writes and reads the same few keys as others do; every entry is many times one letter.
WRITER = """
import sys
from gnomon.store import Store
store = Store(name="things", max_bytes=400_000)
for turn in range(150):
    store.put(f"k{turn % 20}", sys.argv[1].encode() * (1_000 + 20_000 * (turn % 3)))
    found = store.get(f"k{turn % 7}")
    assert found is None or (len(set(found)) == 1 and len(found) in (1_000, 21_000, 41_000)), found[:20]
"""
ENDLESS = """
from gnomon.store import Store
store = Store(name="things", max_bytes=400_000_000)
print("writing", flush=True)
while True:
    store.put("big", b"x" * 50_000_000)
"""
CROWDED = """
import resource, signal
from gnomon.store import Store
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
Store(name="things", max_bytes=400_000).put("big", b"x" * 50_000)
"""
NOBODY = """
import os, tempfile
from gnomon.store import Store
os.setgid(65534)
os.setuid(65534)
store = Store(name="things", max_bytes=400_000)
store.put("new", b"data")
print(store.get("old"), store.get("new"))
"""


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch) -> Path:
    """The store's folder, not made yet."""
    monkeypatch.setenv("GNOMON_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "things"


def _start(program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _size(place: Path) -> int:
    return sum(file.stat().st_size for file in place.iterdir())


def test_what_was_put_is_got():
    """Under its key, and under no other; what is put again replaces what was there."""
    STORE.put("a", b"one")
    STORE.put("a", b"two")

    assert (STORE.get("a"), STORE.get("b")) == (b"two", None)


def test_nothing_is_kept_by_looking(place):
    """A reader makes no folder."""
    assert STORE.get("a") is None
    assert not place.exists()


@POSIX
def test_only_the_owner_can_read_or_write_what_is_kept(place):
    """The folder has mode 0700, each file 0600."""
    STORE.put("a", b"one")

    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert stat.S_IMODE((place / "a").stat().st_mode) == 0o600


@pytest.mark.parametrize("position", [0, 31, 32, 40, -1])
@pytest.mark.parametrize("bit", [0, 7])
def test_a_flipped_bit_is_noticed_and_the_entry_removed(place, position, bit):
    """Wherever it is."""
    STORE.put("a", b"some data of some length")
    data = bytearray((place / "a").read_bytes())
    data[position] ^= 1 << bit
    (place / "a").write_bytes(data)

    assert STORE.get("a") is None
    assert not (place / "a").exists()


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33, 50])
def test_a_torn_entry_is_noticed_and_removed(place, length):
    """As after a power cut."""
    STORE.put("a", b"some data of some length")
    (place / "a").write_bytes((place / "a").read_bytes()[:length])

    assert STORE.get("a") is None
    assert not (place / "a").exists()


def test_an_entry_under_another_key_is_not_believed(place):
    """The checksum covers the key."""
    STORE.put("a", b"one")
    (place / "a").rename(place / "b")

    assert STORE.get("b") is None


def test_an_empty_entry_is_an_entry():
    """Nothing found is an answer too."""
    STORE.put("a", b"")

    assert STORE.get("a") == b""


@POSIX
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o755, 0o777], ids=oct)
def test_a_folder_that_others_may_touch_is_not_used(place, mode):
    """Neither read nor written."""
    STORE.put("a", b"one")
    place.chmod(mode)
    STORE.put("b", b"two")

    assert STORE.get("a") is None
    assert [file.name for file in place.iterdir()] == ["a"]


@ROOT
@pytest.mark.parametrize("part", ["folder", "file"])
def test_what_belongs_to_somebody_else_is_not_used(place, part):
    """Even if its mode is right: root could be made to believe it."""
    STORE.put("a", b"one")
    os.chown(place if part == "folder" else place / "a", 65534, 65534)

    assert STORE.get("a") is None


@ROOT
def test_a_folder_that_cannot_be_written_is_no_error(monkeypatch):
    """What is in it is still read."""
    with tempfile.TemporaryDirectory() as reachable:  # pytest's own folders are closed to others
        Path(reachable).chmod(0o711)
        monkeypatch.setenv("GNOMON_CACHE_DIR", reachable)
        STORE.put("old", b"data")
        place = Path(reachable) / "things"
        for path in (place / "old", place):
            os.chown(path, 65534, 65534)
        place.chmod(0o500)

        assert _start(NOBODY).communicate() == ("b'data' None\n", None)


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path, monkeypatch):
    """A file in its place keeps nothing."""
    (tmp_path / "blocked").write_text("")
    monkeypatch.setenv("GNOMON_CACHE_DIR", str(tmp_path / "blocked"))
    STORE.put("a", b"one")

    assert STORE.get("a") is None


@POSIX
@pytest.mark.parametrize("thing", ["link", "pipe", "folder"])
def test_only_a_file_is_an_entry(place, tmp_path, thing):
    """What a link leads to is neither read nor changed, and a pipe is not waited for."""
    STORE.put("a", b"one")
    (place / "a").rename(tmp_path / "elsewhere")
    before = (tmp_path / "elsewhere").read_bytes()
    {
        "link": lambda: (place / "a").symlink_to(tmp_path / "elsewhere"),
        "pipe": lambda: os.mkfifo(place / "a", 0o600),
        "folder": (place / "a").mkdir,
    }[thing]()

    assert STORE.get("a") is None
    STORE.put("a", b"two")
    assert (tmp_path / "elsewhere").read_bytes() == before


@POSIX
def test_a_full_disk_leaves_nothing_behind(place):
    """The write fails, the run goes on."""
    done = _start(CROWDED)

    assert done.communicate() == ("", None)
    assert done.returncode == 0
    assert list(place.iterdir()) == []


def test_the_bound_is_held_and_what_was_used_last_stays(place):
    """Entries go that were neither written nor read for longest."""
    for number in range(8):
        STORE.put(f"k{number}", bytes(40_000))
        os.utime(place / f"k{number}", (number, number))
    assert STORE.get("k0") is not None
    for number in range(8, 14):
        STORE.put(f"k{number}", bytes(40_000))

    assert _size(place) <= STORE.max_bytes
    assert STORE.get("k0") is not None
    assert [STORE.get(f"k{number}") for number in (1, 2, 3, 4)] == [None] * 4


def test_what_exceeds_the_bound_alone_is_not_kept(place):
    """Nothing else has to go for it."""
    STORE.put("a", b"one")
    STORE.put("b", bytes(400_000))

    assert (STORE.get("a"), STORE.get("b")) == (b"one", None)


def test_many_small_entries_are_bounded_too(place):
    """The folder stays quick to list."""
    for number in range(100):
        STORE.put(f"k{number}", b"")

    assert len(list(place.iterdir())) <= 25


def test_several_processes_write_at_once(place):
    """Each reads whole entries only, and together they hold the bound."""
    STORE.put("first", b"")
    running = [_start(WRITER, letter) for letter in "abcd"]

    assert [(process.communicate()[0], process.returncode) for process in running] == [("", 0)] * 4
    assert _size(place) <= STORE.max_bytes
    assert [file.name for file in place.iterdir() if file.name.startswith(".new-")] == []


@POSIX
def test_a_run_that_is_killed_while_it_writes_harms_nobody(place):
    """What it left is no entry, what was there stays readable, and later runs clear it away."""
    large = Store(name="things", max_bytes=400_000_000)
    large.put("big", b"before")
    left = _killed_while_writing(place)

    assert large.get("big") in (b"before", b"x" * 50_000_000)
    for file in left:
        os.utime(file, (0, 0))
    large.put("other", b"")
    assert [file for file in left if file.exists()] == []
    assert large.get("other") == b""


def _killed_while_writing(place: Path) -> list[Path]:
    """The files that a writer left that was killed in the middle of them."""
    for _ in range(50):
        process = _start(ENDLESS)
        process.stdout.readline()
        while process.poll() is None:
            if list(place.glob(".new-*")):
                process.send_signal(signal.SIGKILL)
                break
            time.sleep(0.001)
        process.communicate()
        if left := list(place.glob(".new-*")):
            assert process.returncode == -signal.SIGKILL
            return left
    pytest.fail("no writer was caught in the middle of an entry")

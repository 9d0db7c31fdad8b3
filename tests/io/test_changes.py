"""Changed files reach the disk together or not at all."""

import os
import signal
import stat
import subprocess
import sys

import pytest

from gnomon.core.errors import GnomonError
from gnomon.io.changes import put


def test_files_are_replaced_and_made(tmp_path):
    """The mode stays, a new file has the usual one, and nothing else is left in the folder."""
    run = tmp_path / "run.py"
    run.write_bytes(b"old\n")
    run.chmod(0o750)

    put(tmp_path, {"run.py": b"old\n"}, {"run.py": b"new\n", "more.py": b"made\n"})

    assert run.read_bytes() == b"new\n"
    assert stat.S_IMODE(run.stat().st_mode) == 0o750
    assert (tmp_path / "more.py").read_bytes() == b"made\n"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["more.py", "run.py"]


def test_a_folder_reached_by_a_link_is_written(tmp_path):
    """The user named it; only what lies in it must be no link."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.py").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")

    put(tmp_path / "link", {"a.py": b"old"}, {"a.py": b"new"})

    assert (tmp_path / "real" / "a.py").read_bytes() == b"new"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("link.py", "it is a symbolic link"),
        ("linked/a.py", "there is a symbolic link on the way to it"),
        ("../outside.py", "it does not lie in the target"),
        ("/etc/motd", "it does not lie in the target"),
        ("sub/../a.py", "it does not lie in the target"),
        ("changed.py", "it has changed since it was read"),
        ("longer.py", "it has changed since it was read"),
        ("gone.py", "it is gone"),
        ("read-only.py", "it is read-only"),
        ("folder.py", "it has changed since it was read"),
    ],
)
def test_a_file_that_is_not_the_one_that_was_read_is_refused(tmp_path, path, reason):
    """And with it all the others."""
    target = tmp_path / "target"
    (target / "sub").mkdir(parents=True)
    (target / "folder.py").mkdir()
    for name in ("a.py", "changed.py", "longer.py", "read-only.py"):
        (target / name).write_bytes(b"old" if name[0] in "ar" else b"older")
    (tmp_path / "outside.py").write_bytes(b"old")
    (target / "read-only.py").chmod(0o444)
    (target / "link.py").symlink_to(target / "a.py")
    (target / "linked").symlink_to(target)

    with pytest.raises(GnomonError) as error:
        put(target, {"a.py": b"old", path: b"old"}, {"a.py": b"new", path: b"new"})

    assert error.value.problem == f"nothing was written: {path}: {reason}."
    assert (target / "a.py").read_bytes() == b"old"
    assert (tmp_path / "outside.py").read_bytes() == b"old"


def test_a_new_file_replaces_none(tmp_path):
    """Whatever is in its place, a link that leads nowhere among them."""
    (tmp_path / "there.py").write_bytes(b"mine")
    (tmp_path / "dangling.py").symlink_to(tmp_path / "nowhere")

    for name in ("there.py", "dangling.py"):
        with pytest.raises(GnomonError, match="such a file already"):
            put(tmp_path, {}, {name: b"new"})

    assert (tmp_path / "there.py").read_bytes() == b"mine"
    assert not (tmp_path / "nowhere").exists()


def test_a_failure_on_the_way_takes_everything_back(tmp_path):
    """A file whose folder is missing fails when the others are ready."""
    (tmp_path / "a.py").write_bytes(b"old")

    with pytest.raises(GnomonError, match="nothing was written"):
        put(tmp_path, {"a.py": b"old"}, {"a.py": b"new", "no/such/b.py": b"new"})

    assert (tmp_path / "a.py").read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.py"]


def test_what_is_in_place_comes_back_when_a_later_one_fails(tmp_path, monkeypatch):
    """A disk that fails at the second of two."""
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_bytes(b"old")
    replace, places = os.replace, []

    def failing(source, target, **more):
        if str(target).endswith("b.py"):
            raise OSError(28, "No space left on device")
        places.append(str(target))
        return replace(source, target, **more)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(GnomonError, match=r"b\.py: no space left on device"):
        put(tmp_path, {"a.py": b"old", "b.py": b"old"}, {"a.py": b"new", "b.py": b"new", "c.py": b"new"})

    assert len(places) == 2  # there and back
    assert {entry.name: entry.read_bytes() for entry in tmp_path.iterdir()} == {"a.py": b"old", "b.py": b"old"}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal")
@pytest.mark.parametrize("at", range(1, 14))
def test_a_file_is_the_old_one_or_the_new_one_whenever_it_ends(tmp_path, at):
    """Killed at any of its steps on the file system: no file is half written or missing."""
    old, new = b"old\n" * 5_000, b"new\n" * 6_000
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_bytes(old)
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from gnomon.io.changes import put\n"
        "left = [int(sys.argv[1])]\n"
        "def watch(event, arguments):\n"
        "    if event in ('open', 'os.rename', 'os.chmod', 'os.remove') and sys.argv[2] in str(arguments[0]):\n"
        "        left[0] -= 1\n"
        "        if left[0] == 0:\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
        "sys.addaudithook(watch)\n"
        "folder = Path(sys.argv[2])\n"
        "old, new = b'old\\n' * 5_000, b'new\\n' * 6_000\n"
        "put(folder, {'a.py': old, 'b.py': old}, {'a.py': new, 'b.py': new})\n"
    )

    subprocess.run([sys.executable, "-c", code, str(at), str(tmp_path)], timeout=60, check=False)

    assert {(tmp_path / name).read_bytes() for name in ("a.py", "b.py")} <= {old, new}

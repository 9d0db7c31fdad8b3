"""Folders, kind and hostile."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gnomon.core.errors import TargetError
from gnomon.io.limits import Limits
from gnomon.io.targets import read


def _paths(tree) -> list[str]:
    return [file.path for file in tree.files]


def _reasons(tree) -> dict[str, str]:
    return {entry.path: entry.reason for entry in tree.skipped}


@pytest.fixture
def folder(tmp_path, source) -> Path:
    """A folder with one Python file."""
    (tmp_path / "ok.py").write_bytes(source)
    return tmp_path


def test_only_python_is_taken(folder, source):
    """Stubs, bytecode and text stay out; .pyw and scripts in script folders come in."""
    for name in ("a.pyi", "a.pyc", "a.txt", "py", "b.pyw", "bin/run", "bin/tool.sh", "lib/run"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"#!/usr/bin/python3 -E\n" + source)
    (folder / "bin" / "shell").write_bytes(b"#!/bin/sh\necho python\n")

    assert _paths(read(str(folder))) == ["b.pyw", "bin/run", "ok.py"]


@pytest.mark.parametrize("name", [".git", ".hg", ".svn", "__pycache__", "node_modules"])
def test_folders_without_own_source_are_named_as_left_out(folder, source, name):
    """Their Python is not read, and the tree says which they were."""
    (folder / "sub" / name).mkdir(parents=True)
    (folder / "sub" / name / "a.py").write_bytes(source)

    tree = read(str(folder))

    assert _paths(tree) == ["ok.py"]
    assert tree.excluded == (f"sub/{name}",)
    assert tree.skipped == ()


def test_a_virtual_environment_is_left_out_only_with_its_interpreter(folder, source):
    """A pyvenv.cfg alone, which anybody can put beside code to hide it, hides nothing."""
    for name in ("env", "package"):
        (folder / name / "lib").mkdir(parents=True)
        (folder / name / "pyvenv.cfg").write_bytes(b"home = /usr/bin\n")
        (folder / name / "lib" / "a.py").write_bytes(source)
    (folder / "env" / "bin").mkdir()
    (folder / "env" / "bin" / "python").symlink_to("/usr/bin/python3")

    tree = read(str(folder))

    assert tree.excluded == ("env",)
    assert _paths(tree) == ["ok.py", "package/lib/a.py"]


def test_what_the_user_names_is_never_left_out(folder, source):
    """`gnomon scan node_modules` reads it."""
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "a.py").write_bytes(source)

    assert _paths(read(str(folder / "node_modules"))) == ["a.py"]


def test_no_setting_in_the_folder_hides_a_file(folder, source):
    """Ignore files and tool configurations of the scanned tree are not honoured."""
    for name in (".gitignore", ".semgrepignore", ".ignore"):
        (folder / name).write_bytes(b"*\n")
    (folder / "pyproject.toml").write_bytes(
        b"[tool.gnomon]\nexclude = ['ok.py']\n[tool.bandit]\nexclude_dirs = ['.']\n"
    )

    assert _paths(read(str(folder))) == ["ok.py"]


def test_links_are_not_followed(folder, tmp_path_factory, source):
    """Links out of the folder, into nowhere and in circles are listed; those to what is read anyway are not."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "a.py").write_bytes(source)
    (folder / "sub").mkdir()
    for link, end in {
        "out.py": outside / "a.py",
        "outside": outside,
        "zero.py": "/dev/zero",
        "nowhere.py": "gone.py",
        "self.py": "self.py",
        "sub/up": "..",
        "same.py": "ok.py",
        "again": "sub",
        "notes.py": "notes.txt",
        "gone": "nowhere",
    }.items():
        (folder / link).symlink_to(end)
    (folder / "notes.txt").write_bytes(b"")

    tree = read(str(folder))

    assert _paths(tree) == ["ok.py"]
    assert _reasons(tree) == {
        "out.py": f"a link out of the folder, to {outside}/a.py, is not followed",
        "outside": f"a link out of the folder, to {outside}, is not followed",
        "zero.py": "a link out of the folder, to /dev/zero, is not followed",
        "nowhere.py": "a link that leads nowhere",
        "self.py": "a link that leads nowhere",
        "sub/up": "a link to a folder it lies in is not followed",
        "notes.py": "a link to a file that is not read under its own name",
    }


def test_pipes_are_listed_and_never_opened(folder):
    """A named pipe would block whoever opens it."""
    os.mkfifo(folder / "pipe.py")
    os.mkfifo(folder / "pipe")

    assert _reasons(read(str(folder))) == {"pipe.py": "a named pipe, not a file"}


@contextmanager
def _as_nobody():
    """Root reads everything: the process becomes somebody else for a while."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that every user can reach, unlike the usual one."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_what_may_not_be_read_is_listed(reachable, source):
    """A file and a folder without permission are skipped with the reason, and the rest is read."""
    (reachable / "ok.py").write_bytes(source)
    (reachable / "secret.py").write_bytes(source)
    (reachable / "secret.py").chmod(0)
    (reachable / "closed").mkdir(mode=0)

    with _as_nobody():
        tree = read(str(reachable))

    assert _paths(tree) == ["ok.py"]
    assert _reasons(tree) == {"secret.py": "permission denied", "closed": "permission denied"}


def test_a_folder_that_may_not_be_read_is_refused(reachable):
    """The target itself without permission is an error, not an empty answer."""
    (reachable / "closed").mkdir(mode=0)

    with _as_nobody(), pytest.raises(TargetError, match="permission denied"):
        read(str(reachable / "closed"))


def test_a_large_file_is_listed_with_its_size(folder):
    """What is beyond the limit is not read."""
    with (folder / "data.py").open("wb") as file:
        file.truncate(100_000_001)

    assert _reasons(read(str(folder))) == {"data.py": "100 MB, larger than the limit of 5 MB a file"}


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(max_files=3), "more than 3 files; the rest was not read"),
        (Limits(max_total_bytes=50), "more than 0.0 MB of source; the rest was not read"),
    ],
)
def test_reading_stops_at_the_limits_of_a_tree(folder, source, limits, reason):
    """Too many files or too much source ends the reading, and the tree says so."""
    for number in range(6):
        (folder / f"{number}.py").write_bytes(source)

    tree = read(str(folder), limits=limits)

    assert 3 <= len(tree.files) < 7
    assert _reasons(tree) == {".": reason}


@pytest.mark.parametrize(
    ("depth", "name", "reason"),
    [(600, "d" * 10, "more than 100 folders deep"), (20, "d" * 250, "file name too long")],
)
def test_folders_too_deep_to_be_opened_are_listed(folder, depth, name, reason):
    """Paths longer than the system or the limits allow neither fail nor disappear."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)

    tree = read(str(folder))

    shutil.rmtree(folder / name)
    assert _paths(tree) == ["ok.py"]
    assert [entry.reason for entry in tree.skipped] == [reason]


def test_any_name_that_the_system_allows_is_read(folder, source):
    """Control characters, bytes that are no text and names like options keep their place in the path."""
    names = [b"a\x1b[2J.py", b"b\n.py", b"-rf.py", "e\u202egpj.py".encode(), b"f\xff.py", b"n" * 252 + b".py"]
    for name in names:
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(source)

    assert {os.fsencode(path) for path in _paths(read(str(folder)))} == {*names, b"ok.py"}


def test_a_folder_named_like_a_file_is_entered(folder, source):
    """x.py may be a folder."""
    (folder / "x.py").mkdir()
    (folder / "x.py" / "y.py").write_bytes(source)

    assert _paths(read(str(folder))) == ["ok.py", "x.py/y.py"]


@pytest.mark.parametrize("name", ["a-1.0-py3-none-any.whl", "a-1.0.tar.gz", "a.egg", "a.pyz"])
def test_python_archives_within_a_folder_are_listed(folder, zipped, source, name):
    """They hold Python that was not looked at; data archives do not count."""
    (folder / name).write_bytes(zipped({"a.py": source}))
    (folder / "data.zip").write_bytes(zipped({"a.txt": source}))

    assert _reasons(read(str(folder))) == {name: "an archive within the folder is not opened; scan it by itself"}

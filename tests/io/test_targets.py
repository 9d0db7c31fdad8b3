"""What a user may name, and what is said when it is not that."""

import os
import socket

import pytest

from gnomon.core.errors import NothingToScan, TargetError
from gnomon.io.targets import read


def test_a_folder_is_read_in_path_order(tmp_path, source):
    """Files come sorted by path, relative to the folder and separated by slashes."""
    for name in ("b.py", "a/z.py", "a/b/c.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source)

    tree = read(str(tmp_path))

    assert [file.path for file in tree.files] == ["a/b/c.py", "a/z.py", "b.py"]
    assert tree.files[0].data == source
    assert tree.target == str(tmp_path)
    assert tree.skipped == ()


@pytest.mark.parametrize("name", ["server.py", "server.pyw", "SERVER.PY"])
def test_a_file_is_a_tree_of_one(tmp_path, source, name):
    """A single file's path is its name."""
    (tmp_path / name).write_bytes(source)

    tree = read(str(tmp_path / name))

    assert [(file.path, file.data) for file in tree.files] == [(name, source)]


def test_a_script_without_suffix_is_python_by_its_first_line(tmp_path):
    """A file whose first line asks for Python can be named."""
    (tmp_path / "serve").write_bytes(b"#!/usr/bin/env python3\nimport zmq\n")

    assert [file.path for file in read(str(tmp_path / "serve")).files] == ["serve"]


def test_a_link_that_the_user_names_is_followed(tmp_path, source):
    """Links are not followed within a target, but the target itself may be one."""
    (tmp_path / "real.py").write_bytes(source)
    (tmp_path / "link.py").symlink_to("real.py")

    assert read(str(tmp_path / "link.py")).files[0].data == source


def test_archives_are_told_by_content_not_by_name(tmp_path, source, tar, zipped):
    """A tar named .zip and a zip named .bin are read as what they are."""
    (tmp_path / "a.zip").write_bytes(tar({"pkg/a.py": source}))
    (tmp_path / "b.bin").write_bytes(zipped({"pkg/b.py": source}))

    assert [file.path for file in read(str(tmp_path / "a.zip")).files] == ["pkg/a.py"]
    assert [file.path for file in read(str(tmp_path / "b.bin")).files] == ["pkg/b.py"]


@pytest.mark.parametrize(
    ("name", "content", "problem", "remedy"),
    [
        ("photo.png", b"\x89PNG\r\n\x1a\n", "is not Python", "a wheel"),
        ("a.whl", b"<html>not found</html>", "is none", "download it again"),
        ("a.tar.gz", b"\x1f\x8b\x08\0\0\0\0\0", "can't be read as an archive", "download it again"),
        ("a.tar.zst", b"\x28\xb5\x2f\xfd\0", "of a kind", "unpack it"),
        ("a.zip", b"PK\x03\x04 and nothing more", "can't be read as an archive", "download it again"),
    ],
)
def test_a_file_that_is_not_python_is_refused(tmp_path, name, content, problem, remedy):
    """What can't hold Python is a wrong target (exit code 2), and the message says what to do."""
    (tmp_path / name).write_bytes(content)

    with pytest.raises(TargetError) as raised:
        read(str(tmp_path / name))

    assert problem in raised.value.problem
    assert remedy in raised.value.remedy
    assert raised.value.exit_code == 2


@pytest.mark.parametrize(
    ("target", "problem", "remedy"),
    [
        ("", "an empty name", "a folder"),
        ("vllm==0.6.6", "does not exist", "gnomon scan pypi:vllm==0.6.6"),
        ("vllm", "does not exist", "gnomon scan pypi:vllm"),
        ("./no/such folder", "does not exist", "a folder"),
        ("a\0b", "can't be read", "a folder"),
        ("x" * 5000, "file name too long", "a folder"),
    ],
)
def test_what_does_not_exist_is_told_with_what_was_probably_meant(tmp_path, monkeypatch, target, problem, remedy):
    """A missing target names the next thing to type."""
    monkeypatch.chdir(tmp_path)

    with pytest.raises(TargetError) as raised:
        read(target)

    assert problem in raised.value.problem
    assert remedy in raised.value.remedy
    assert raised.value.exit_code == 2


def test_a_misspelt_path_is_corrected(tmp_path, source):
    """A near name in the same folder is suggested."""
    (tmp_path / "server.py").write_bytes(source)

    with pytest.raises(TargetError) as raised:
        read(str(tmp_path / "sever.py"))

    assert raised.value.remedy == f"gnomon scan {tmp_path / 'server.py'}"


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: socket.socket(socket.AF_UNIX).bind(str(path))])
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_what_is_neither_file_nor_folder_is_not_opened(tmp_path, monkeypatch, make):
    """A pipe or socket as target is refused at once instead of being waited on."""
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    make("thing")

    with pytest.raises(TargetError, match="not a file or folder"):
        read("thing")


@pytest.mark.parametrize(
    "files", [{}, {"README.md": b"# hello"}, {"empty.py": b""}, {".git/hooks/a.py": b"import os\n"}]
)
def test_a_folder_without_python_is_nothing_to_scan(tmp_path, files):
    """An empty folder, one without Python, and one whose Python is empty have their own exit code."""
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)

    with pytest.raises(NothingToScan) as raised:
        read(str(tmp_path))

    assert raised.value.exit_code == 3


@pytest.mark.parametrize("name", ["empty.py", "empty.whl", "empty"])
def test_an_empty_file_is_nothing_to_scan(tmp_path, name):
    """An empty file never passes for clean."""
    (tmp_path / name).write_bytes(b"")

    with pytest.raises(NothingToScan, match="empty"):
        read(str(tmp_path / name))


def test_a_folder_where_everything_was_skipped_is_incomplete_not_empty(tmp_path):
    """If the only Python could not be read, the tree says so instead of "nothing to scan"."""
    os.mkfifo(tmp_path / "a.py")

    tree = read(str(tmp_path))

    assert tree.files == ()
    assert [(entry.path, entry.reason) for entry in tree.skipped] == [("a.py", "a named pipe, not a file")]

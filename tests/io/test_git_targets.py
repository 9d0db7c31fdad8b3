"""A commit as a target: what is read of it, what is only listed, and what is said when it can't be read."""

import os
from pathlib import Path

import pytest

from gnomon.core.errors import NothingToScan, TargetError
from gnomon.io.limits import Limits
from gnomon.io.targets import read
from tests.repositories import Repository

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
NOTEBOOK = '{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": ["import zmq"]}]}'


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """An empty repository, in a home without configuration."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return Repository(tmp_path / "r")


def _read(target: str, **limits: float) -> dict[str, bytes]:
    return {file.path: file.data for file in read(target, limits=Limits(**limits)).files}


def _skipped(target: str, **limits: float) -> dict[str, str]:
    return {entry.path: entry.reason for entry in read(target, limits=Limits(**limits)).skipped}


def test_a_commit_is_read_as_a_folder_would_be(repository):
    """Python, notebooks and scripts; the commit's id is the digest; uncommitted files play no part."""
    commit = repository.commit({
        "a.py": "one\n", "pkg/b.pyw": "two\n", "n.ipynb": NOTEBOOK,
        "bin/tool": "#!/usr/bin/python\n", "bin/x": "#!/bin/sh\n",
        "README.md": "#\n", ".hg/c.py": "no\n", "node_modules/d.py": "no\n", "v/pyvenv.cfg": "", "v/bin/python": "",
        "v/e.py": "no\n",
    })  # fmt: skip
    repository.write("a.py", "changed\n")
    repository.write("new.py", "new\n")

    tree = read("r@main")

    assert [file.path for file in tree.files] == ["a.py", "bin/tool", "n.ipynb", "pkg/b.pyw"]
    assert tree.files[0].data == b"one\n"
    assert b"import zmq" in tree.files[2].data
    assert tree.excluded == (".hg", "node_modules", "v")
    assert (tree.target, tree.digest, tree.skipped) == ("r@main", f"git:{commit}", ())


@pytest.mark.parametrize("revision", ["v1", "light", "HEAD~1", "main~1", "ID", "SHORT"])
def test_a_revision_is_whatever_git_takes_for_one(repository, revision):
    """Tags with and without a message, branches, ids and expressions."""
    first = repository.commit({"a.py": "first\n"})
    repository.git("tag", "-m", "message", "v1")
    repository.git("tag", "light")
    repository.git("commit", "--quiet", "--allow-empty", "--message", "second")
    revision = {"ID": first, "SHORT": first[:8]}.get(revision, revision)

    assert read(f"r@{revision}").digest == f"git:{first}"


@pytest.mark.parametrize(
    ("path", "files"),
    [
        ("r/pkg", ["b.py", "inner/c.py"]),
        ("r/pkg/b.py", ["b.py"]),
        ("r/pkg/inner", ["c.py"]),
        ("r/pkg/inner/../b.py", ["b.py"]),
    ],
)
def test_a_part_of_a_commit_is_named_by_its_path(repository, path, files):
    """A subfolder or a file: paths are relative to what was named."""
    repository.commit({"a.py": "a\n", "pkg/b.py": "b\n", "pkg/inner/c.py": "c\n"})

    assert list(_read(f"{path}@HEAD")) == files


def test_a_bare_repository_is_read(repository):
    """Nothing has to be checked out."""
    repository.commit({"a.py": "a\n"})
    repository.git("clone", "--quiet", "--bare", ".", "../bare@home.git")

    with pytest.raises(NothingToScan) as raised:
        read("bare@home.git")

    assert raised.value.remedy == "gnomon scan bare@home.git@HEAD"
    assert list(_read("bare@home.git@main")) == ["a.py"]
    assert list(_read(f"file://{Path('bare@home.git').resolve()}")) == ["a.py"]


def test_a_repository_of_sha256_is_read(tmp_path, monkeypatch):
    """Ids of 64 digits."""
    monkeypatch.chdir(tmp_path)
    commit = Repository(tmp_path / "r", "--object-format=sha256").commit({"a.py": "a\n"})

    assert len(commit) == 64
    assert read("r@HEAD").digest == f"git:{commit}"


def test_what_is_stored_is_read_not_what_would_be_checked_out(repository):
    """No line ends converted, no keyword expanded."""
    repository.commit({".gitattributes": "*.py text eol=crlf ident\n", "a.py": "# $Id$\n"})

    assert _read("r@HEAD") == {"a.py": b"# $Id$\n"}


def test_more_folders_than_fit_into_one_question_are_read(repository):
    """Ids are asked for in portions."""
    repository.commit({f"d{number}/f{number}.py": f"{number}\n" for number in range(600)})

    assert _read("r@HEAD") == {f"d{number}/f{number}.py": f"{number}\n".encode() for number in range(600)}


def test_what_may_hide_python_is_listed(repository):
    """Links out of the folder, submodules, packages and LFS pointers are skipped with a reason."""
    repository.commit({"pkg/a.py": "a\n", "pkg/b.whl": "PK", "pkg/lfs.py": POINTER})
    for name, end in {
        "out.py": "/etc/a.py", "up": "../../other", "in.py": "a.py", "text.py": "b.txt", "doc.md": "/etc/passwd"
    }.items():  # fmt: skip
        (repository.folder / "pkg" / name).symlink_to(end)
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},pkg/module")
    repository.git("add", "--all", "pkg/a.py", "pkg")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},pkg/module")
    repository.git("commit", "--quiet", "--message", "links")

    assert list(_read("r/pkg@HEAD")) == ["a.py"]
    assert _skipped("r/pkg@HEAD") == {
        "b.whl": "an archive within the repository is not opened",
        "lfs.py": "a Git LFS pointer: the content is kept outside of the repository",
        "module": "a submodule: its files are in a repository of its own; scan that by itself",
        "out.py": "a link out of the folder, to /etc/a.py, is not followed",
        "text.py": "a link to a file that is not read under its own name",
        "up": "a link out of the folder, to ../../other, is not followed",
    }


def test_limits_hold(repository):
    """Too large a file, too many files, names, folders or bytes: listed, and the rest is read."""
    repository.commit({"a.py": "a\n", "big.py": "x" * 2000, "d/e/f/g.py": "g\n"})

    assert _skipped("r@HEAD", max_file_bytes=1000) == {"big.py": "0.0 MB, larger than the limit of 0.0 MB a file"}
    assert list(_read("r@HEAD", max_file_bytes=1000)) == ["a.py", "d/e/f/g.py"]
    assert _skipped("r@HEAD", max_depth=2) == {"d/e/f": "more than 2 folders deep"}
    assert "more than 1 files" in _skipped("r@HEAD", max_files=1)["."]
    assert "more than 2 names" in _skipped("r@HEAD", max_entries=2)["."]
    assert "of source" in _skipped("r@HEAD", max_total_bytes=10)["."]


@pytest.mark.parametrize(
    ("target", "problem", "remedy"),
    [
        ("r@mian", "there is no revision mian", "main was perhaps meant"),
        ("r@^HEAD", "there is no revision", "fetch"),
        ("r@HEAD:a.py", "there is no revision", "fetch"),
        ("r@HEAD..main", "there is no revision", "fetch"),
        ("r@HEAD^{tree}", "there is no revision", "fetch"),
        ("r/new.py@HEAD", "there is no new.py in commit", "ls-tree"),
        ("home@HEAD", "is in no git repository", "gnomon scan home"),
    ],
)
def test_what_can_not_be_read_says_what_to_type(repository, tmp_path, target, problem, remedy):
    """Exit code 2, and the next command."""
    (tmp_path / "home").mkdir()
    repository.commit({"a.py": "a\n"})
    repository.write("new.py", "new\n")

    with pytest.raises(TargetError) as raised:
        read(target)

    assert problem in raised.value.problem
    assert remedy in raised.value.remedy
    assert raised.value.exit_code == 2


def test_a_commit_without_python_is_nothing_to_scan(repository):
    """Exit code 3, as for a folder."""
    repository.commit({"README.md": "#\n"})

    with pytest.raises(NothingToScan):
        read("r@HEAD")


def test_without_git_the_message_says_what_to_install(repository, monkeypatch):
    """Reading a commit takes the program git."""
    repository.commit({"a.py": "a\n"})
    monkeypatch.setenv("PATH", "")

    with pytest.raises(TargetError, match="none on PATH") as raised:
        read("r@HEAD")

    assert "apt install git" in raised.value.remedy


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_somebody_else_needs_the_users_word(repository, monkeypatch):
    """Git refuses it, and the message has the command that allows it."""
    repository.commit({"a.py": "a\n"})
    monkeypatch.delenv("SUDO_UID", raising=False)
    for path in (repository.folder, repository.folder / ".git"):
        os.chown(path, 12_345, 12_345)

    with pytest.raises(TargetError, match="belongs to another user") as raised:
        read("r@HEAD")

    assert raised.value.remedy == f"git config --global --add safe.directory {repository.folder}"


def test_variables_that_lead_git_elsewhere_are_not_obeyed(repository, tmp_path, monkeypatch):
    """Inside of a hook git sets GIT_DIR and GIT_INDEX_FILE: the target is what was typed all the same."""
    other = Repository(tmp_path / "other")
    other.commit({"other.py": "other\n"})
    repository.commit({"a.py": "a\n"})
    monkeypatch.setenv("GIT_DIR", str(other.folder / ".git"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other.folder / ".git" / "objects"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))

    assert list(_read("r@HEAD")) == ["a.py"]


def test_nothing_is_written_into_the_repository(repository):
    """Not even the index is refreshed."""
    repository.commit({"a.py": "a\n"})
    before = {path: path.stat().st_mtime_ns for path in repository.folder.rglob("*")}

    read("r@HEAD")

    assert {path: path.stat().st_mtime_ns for path in repository.folder.rglob("*")} == before

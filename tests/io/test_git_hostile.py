"""Repositories made to run something, to reach the network or to mislead: they are read, and that is all."""

import os
import subprocess
import time
import zlib

import pytest

from gnomon.core.errors import TargetError
from gnomon.io.git_deleted import deleted
from gnomon.io.git_history import clone_of, history
from gnomon.io.git_since import base_of, read_base, without_ignored
from gnomon.io.limits import Limits
from gnomon.io.targets import read
from tests.repositories import Repository

HOOKS = (
    "post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman", "pre-auto-gc", "post-merge",
    "post-commit", "pre-commit",
)  # fmt: skip
PROGRAMS = """
[core]
    fsmonitor = {trap}
    hooksPath = {hooks}
    sshCommand = {trap}
    gitProxy = {trap}
    pager = {trap}
    editor = {trap}
    askPass = {trap}
    alternateRefsCommand = {trap}
    attributesFile = {attributes}
[pager]
    cat-file = {trap}
    rev-parse = true
[credential]
    helper = "!{trap}"
[diff]
    external = {trap}
[diff "trap"]
    textconv = {trap}
    command = {trap}
[filter "trap"]
    clean = {trap}
    smudge = {trap}
    process = {trap}
    required = true
[merge "trap"]
    driver = {trap}
[gpg]
    program = {trap}
[log]
    showSignature = true
[uploadpack]
    packObjectsHook = {trap}
[alias]
    cat-file = "!{trap}"
    rev-parse = "!{trap}"
    ls-files = "!{trap}"
[remote "origin"]
    url = {elsewhere}
    uploadpack = {trap}
    promisor = true
    fetch = +refs/heads/*:refs/remotes/origin/*
[url "ext::{trap} "]
    insteadOf = {elsewhere}/ext
[protocol]
    allow = always
[protocol "ext"]
    allow = always
[extensions]
    partialClone = origin
[submodule]
    recurse = true
[include]
    path = more
"""


class Trap:
    """A repository that names a program wherever git runs one; the program leaves a mark."""

    def __init__(self, folder):
        self.mark = folder / "mark"
        self.program = folder / "trap"
        self.program.write_text(f"#!/bin/sh\ntouch '{self.mark}'\n")
        self.program.chmod(0o755)
        self.repository = Repository(folder / "r")
        self.repository.commit({"a.py": "a\n", ".gitattributes": "* filter=trap diff=trap merge=trap ident\n"})
        self.head = self.repository.commit({"a.py": "changed\n", "b.py": "b\n"})
        git = self.repository.folder / ".git"
        hooks = folder / "hooks"
        hooks.mkdir()
        for place in (hooks, git / "hooks"):
            place.mkdir(exist_ok=True)
            for name in HOOKS:
                (place / name).unlink(missing_ok=True)
                (place / name).symlink_to(self.program)
        (folder / "attributes").write_text("* filter=trap diff=trap\n")
        text = PROGRAMS.format(
            trap=self.program, hooks=hooks, attributes=folder / "attributes", elsewhere=folder / "elsewhere"
        )
        (git / "more").write_text(text.replace("    path = more\n", ""))
        with (git / "config").open("a") as config:
            config.write("[core]\n    repositoryFormatVersion = 1\n" + text)

    def look(self):
        """Everything that gnomon does with a repository."""
        folder = str(self.repository.folder)
        trees = [read(f"{folder}@{revision}") for revision in ("HEAD", "main", "HEAD~1")]
        base = base_of(folder, "HEAD~1")
        changed = without_ignored(base, read(folder))
        return [*trees, changed, read_base(base, changed)]

    def look_back(self):
        """Everything that gnomon asks of a history."""
        git = self.repository.folder / ".git"
        config = git / "config"
        said = config.read_text()
        config.write_text("")  # while the history is made
        (git / "hooks").rename(git / "off")
        text = "def load():\n    return read()\n" * 9
        self.repository.commit({"a.py": text, ".gitattributes": "* diff=trap\n"})
        self.repository.git("mv", "a.py", "c.py")
        self.repository.commit({"b.py": text + "more = 1\n"})
        (self.repository.folder / "c.py").unlink()
        self.repository.commit({"d.py": "def load(): pass\n"})
        self.mark.unlink(missing_ok=True)
        config.write_text(said)
        (git / "off").rename(git / "hooks")
        clone = clone_of(str(self.repository.folder))
        pasts = [history(clone, name, "load") for name in ("a.py", "b.py", "c.py", "d.py")]
        return pasts, deleted(clone, [b"load"])


@pytest.fixture
def trap(tmp_path, monkeypatch):
    """A set trap, in a home without configuration."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return Trap(tmp_path)


def test_the_trap_springs_for_git_as_it_comes(trap):
    """`git status` runs the program: what the tests below look for can happen."""
    subprocess.run(["git", "-C", trap.repository.folder, "status"], capture_output=True, check=False)

    assert trap.mark.exists()


def test_the_trap_springs_where_an_object_is_absent(trap):
    """Asking for it makes git fetch, and so run a program."""
    subprocess.run(["git", "-C", trap.repository.folder, "cat-file", "-p", "1" * 40], capture_output=True, check=False)

    assert trap.mark.exists()


def test_no_program_of_a_repository_is_run(trap):
    """Hooks, fsmonitor, filters, textconv, pagers, helpers, aliases, included files: none leaves a mark."""
    head, main, before, changed, base = trap.look()

    assert not trap.mark.exists()
    assert [file.data for file in head.files] == [file.data for file in main.files] == [b"changed\n", b"b\n"]
    assert [file.data for file in changed.files] == [b"changed\n", b"b\n"]
    assert [file.data for file in before.files] == [file.data for file in base.files] == [b"a\n"]


def test_no_program_of_a_repository_is_run_to_look_back(trap):
    """Differences, renames and copies are found without an external diff, and content is read as it is stored."""
    pasts, gone = trap.look_back()

    assert not trap.mark.exists()
    assert [len(past.versions) for past in pasts] == [4, 4, 5, 5]
    assert [file.path for file in gone] == ["c.py"]


@pytest.mark.parametrize("remote", ["elsewhere", "elsewhere/ext", "ssh"])
def test_an_absent_object_is_listed_and_not_fetched(trap, remote):
    """A partial clone's missing file makes the answer incomplete; neither a program nor the network is asked."""
    if remote == "ssh":
        url = "ssh://localhost:1/x"
        trap.repository.git("config", "core.fsmonitor", "false")
    else:
        url = str(trap.program.parent / remote)
    with (trap.repository.folder / ".git" / "config").open("a") as config:
        config.write(f'[remote "origin"]\n    url = {url}\n')
    blob = _id(trap.repository, "HEAD:b.py")
    _loose(trap.repository, blob).unlink()
    trap.mark.unlink(missing_ok=True)

    tree = read(f"{trap.repository.folder}@HEAD")

    assert not trap.mark.exists()
    assert [file.path for file in tree.files] == ["a.py"]
    assert [(entry.path, entry.reason) for entry in tree.skipped] == [
        ("b.py", "it is not in this repository, which holds only a part of its history")
    ]


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """An empty repository, in a home without configuration."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return Repository(tmp_path / "r")


def test_replaced_and_grafted_history_is_not_believed(repository):
    """A commit is what its id says, and comes from where it says."""
    first = repository.commit({"a.py": "first\n"})
    second = repository.commit({"a.py": "second\n"})
    other = repository.commit_of([("100644", "a.py", repository.object("blob", b"other\n"))])
    repository.git("replace", second, other)
    blob = _id(repository, f"{second}:a.py")
    repository.git("replace", blob, repository.object("blob", b"replaced\n"))
    (repository.folder / ".git" / "info" / "grafts").write_text(f"{second} {other}\n")

    assert read("r@main").files[0].data == b"second\n"
    assert read("r@main~1").digest == f"git:{first}"
    assert base_of("r", "main~1").commit == first


def test_an_object_that_is_not_what_its_id_says_is_refused(repository):
    """Blobs, folders and commits are held against their ids."""
    repository.commit({"a.py": "good\n", "b.py": "b\n", "pkg/c.py": "c\n"})
    blob, folder = _id(repository, "HEAD:a.py"), _id(repository, "HEAD:pkg")
    _overwrite(repository, blob, b"blob 5\0evil\n")
    _overwrite(repository, folder, b"tree 0\0")

    tree = read("r@HEAD")

    assert [file.path for file in tree.files] == ["b.py"]
    assert [(entry.path, entry.reason) for entry in tree.skipped] == [
        ("a.py", "it is damaged in the repository"),
        ("pkg", "a folder can't be listed: it is damaged in the repository"),
    ]


def test_git_that_ends_over_an_object_is_started_again(repository):
    """Torn objects are listed, those behind them are read."""
    repository.commit({f"{number}.py": f"{number}\n" for number in range(9)})
    torn = [_id(repository, f"HEAD:{number}.py") for number in range(0, 9, 2)]
    for name in torn:
        _loose(repository, name).chmod(0o644)
        _loose(repository, name).write_bytes(b"x")

    tree = read("r@HEAD")

    assert [file.path for file in tree.files] == ["1.py", "3.py", "5.py", "7.py"]
    assert [entry.path for entry in tree.skipped] == ["0.py", "2.py", "4.py", "6.py", "8.py"]


def test_names_can_not_lead_out_or_fake_lines(repository):
    """Paths come from raw folders: `..`, slashes, newlines and escape sequences in names."""
    blob = repository.object("blob", b"import zmq\n")
    sub = repository.object("tree", b"100644 up.py\0" + bytes.fromhex(blob))
    commit = repository.commit_of([
        ("100644", "../../etc/a.py", blob), ("40000", "..", sub), ("40000", ".git", sub), ("100644", "x/y.py", blob),
        ("100644", "a\n::error::\x1b[2J.py", blob), ("100644", "no text \udcff.py", blob), ("100644", "good.py", blob),
    ])  # fmt: skip

    tree = read(f"r@{commit}")

    assert [file.path for file in tree.files] == ["a\n::error::\x1b[2J.py", "good.py", "no text \udcff.py"]
    assert [entry.path for entry in tree.skipped] == ["..", "../../etc/a.py", "x/y.py"]
    assert all(entry.reason == "its name leads out of the repository" for entry in tree.skipped)
    assert tree.excluded == (".git",)


def test_folders_that_hold_one_another_a_million_times_are_bounded(repository):
    """Ten folders in ten folders in ten, all of them one object."""
    below = repository.object("blob", b"x\n")
    mode = "100644"
    for _ in range(9):
        names = [
            f"{mode} {number}{'.py' if mode == '100644' else ''}\0".encode() + bytes.fromhex(below)
            for number in range(10)
        ]
        below, mode = repository.object("tree", b"".join(names)), "40000"
    commit = repository.commit_of([("40000", "bomb", below), ("100644", "good.py", repository.object("blob", b"y\n"))])

    began = time.monotonic()
    tree = read(f"r@{commit}", limits=Limits(max_entries=200_000))

    assert time.monotonic() - began < 20
    assert [file.path for file in tree.files] == ["good.py"]
    assert [entry.reason for entry in tree.skipped] == ["more than 200,000 names; the rest was not read"]


def test_a_folder_of_too_many_names_is_listed(repository):
    """Its names are not all held in memory; its neighbours are read."""
    blob = repository.object("blob", b"x\n")
    many = repository.object("tree", (b"100644 a.py\0" + bytes.fromhex(blob)) * 5_000)
    commit = repository.commit_of([("100644", "good.py", blob), ("40000", "many", many)])

    tree = read(f"r@{commit}", limits=Limits(max_entries=1_000))

    assert [file.path for file in tree.files] == ["good.py"]
    assert [(entry.path, entry.reason) for entry in tree.skipped] == [
        ("many", "a folder can't be listed: there are more than 1,000 names")
    ]


def test_a_torn_folder_is_listed(repository):
    """What is no list of names is told, its neighbours are read."""
    blob = repository.object("blob", b"x\n")
    torn = repository.object("tree", b"100644 a.py\0abc")
    commit = repository.commit_of([("100644", "good.py", blob), ("40000", "torn", torn), ("40000", "file", blob)])

    tree = read(f"r@{commit}")

    assert [file.path for file in tree.files] == ["good.py"]
    assert [(entry.path, entry.reason) for entry in tree.skipped] == [
        ("file", "a folder can't be listed: it is a blob where a tree belongs"),
        ("torn", "a folder can't be listed: it is no list of files"),
    ]


def test_an_object_that_unpacks_to_much_is_not_unpacked(repository):
    """A megabyte that would become a gigabyte is skipped by what its head says."""
    repository.commit({"a.py": "a\n", "big.py": "big\n"})
    blob = _id(repository, "HEAD:big.py")
    size = 200_000_000
    squeeze = zlib.compressobj(9)
    data = squeeze.compress(f"blob {size}\0".encode())
    data += b"".join(squeeze.compress(bytes(1_000_000)) for _ in range(size // 1_000_000)) + squeeze.flush()
    _loose(repository, blob).chmod(0o644)
    _loose(repository, blob).write_bytes(data)

    tree = read("r@HEAD")

    assert [file.path for file in tree.files] == ["a.py"]
    assert [entry.reason for entry in tree.skipped] == ["200 MB, larger than the limit of 5 MB a file"]


def test_submodules_and_their_urls_are_left_alone(repository, tmp_path):
    """A submodule with a URL that runs a program is named, and neither fetched nor entered."""
    program = f"touch {tmp_path}/mark"
    module = f'[submodule "x"]\n\tpath = x\n\turl = ext::{program}\n\tupdate = !{program}\n'
    repository.commit({"a.py": "a\n", ".gitmodules": module})
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},x")
    repository.git("commit", "--quiet", "--message", "submodule")

    tree = read("r@HEAD")

    assert not (tmp_path / "mark").exists()
    assert [entry.path for entry in tree.skipped] == ["x"]


@pytest.mark.parametrize("place", ["config", "info/exclude", "objects/info/alternates"])
def test_a_pipe_in_a_repository_does_not_hold_up(repository, place):
    """Git waits for it, and is ended: the message names the time."""
    repository.commit({"a.py": "a\n"})
    pipe = repository.folder / ".git" / place
    if place == "config":
        repository.git("config", "include.path", str(repository.folder / ".git" / "pipe"))
        pipe = repository.folder / ".git" / "pipe"
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe)
    limits = Limits(git_patience_s=1)

    began = time.monotonic()
    with pytest.raises(TargetError, match=r"does not answer within 1 s|there is no revision"):
        without_ignored(base_of("r", "HEAD", limits), read("r"), limits)

    assert time.monotonic() - began < 30


def test_a_folder_that_poses_as_a_repository_is_no_measure(repository):
    """Files that look like a bare repository can be part of what is scanned: they don't say what is known."""
    repository.commit({"a.py": "a\n"})
    fake = Repository(repository.folder / "fake", "--bare")
    repository.write("fake/planted.py", "evil\n")

    with pytest.raises(TargetError, match="--since takes a folder or file of a git repository"):
        base_of(str(fake.folder), "HEAD")


def _id(repository, name):
    return repository.git("rev-parse", name)


def _loose(repository, name):
    return repository.folder / ".git" / "objects" / name[:2] / name[2:]


def _overwrite(repository, name, content):
    _loose(repository, name).chmod(0o644)
    _loose(repository, name).write_bytes(zlib.compress(content))

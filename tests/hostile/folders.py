"""Folders that are hard to walk: links, pipes, names, depth, and files that change under the reader's hands."""

import contextlib
import os
import random
import stat
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.case import FLAWED, Case, write

EVIL_NAMES = (
    b"a\x1b[2J\x1b]0;pwn\x07.py",
    b"b\n.py",
    b"c\r.py",
    b"-rf.py",
    b"<script>alert(1)<script>.py",
    b"::error file=x::hi.py",
    b"##vso[task.complete].py",
    "e\u202egpj.py".encode(),
    "\u200b.py".encode(),
    b"%2e%2e.py",
    b"$(touch x).py",
    b"f\xff.py",
    b" .py",
    b".py",
    b"__init__.py.py",
    b"\\..\\x.py",
    b"'\";.py",
)
EVIL_FOLDERS = ("a\x1b[2J\n", "::error ::b", "\u202ekcab", "f\udcff", "-r", " ", "C:")


def folders() -> Iterator[Case]:
    """Every input that is hard to walk."""
    long = tuple(f"{'n' * 252}.py" if not depth else "/".join(["d" * 250] * depth) + "/a.py" for depth in range(4))
    for name, make, flawed, skipped in (
        ("link-loops", _link_loops, (), ("sub/loop", "self.py", "a.py")),
        ("links-out", _links_out, (), ("etc.py", "dev.py", "out", "up.py", "above", "chain.py")),
        ("link-storm", _link_storm, (), ()),
        ("not-files", _not_files, (), ("pipe.py", "socket.py", "zero.py", "pipe.ipynb")),
        ("unreadable", _unreadable, ("a.py", "closed/a.py"), ()),
        ("hostile-names", _hostile_names, tuple(os.fsdecode(name) for name in EVIL_NAMES), ()),
        ("hostile-folder-names", _hostile_folder_names, tuple(f"{name}/a.py" for name in EVIL_FOLDERS), ()),
        ("long-names", _long_names, long, ()),
        ("deep-folders", _deep_folders, (), ("d" * 10 + ("/" + "d" * 10) * 100,)),
        ("folders-named-like-files", _folders_named_like_files, ("x.py/a.py", "x.py/y.py/__init__.py"), ()),
    ):
        yield Case(name=name, kind="file system", make=make, flawed=flawed, skipped=skipped)
    yield Case(name="vanishing-files", kind="file system", make=_many, unrest=_vanish)
    yield Case(name="changing-files", kind="file system", make=_many, unrest=_change)


def _link_loops(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "loop").symlink_to("..")
    (folder / "self.py").symlink_to("self.py")
    (folder / "a.py").symlink_to("b.py")
    (folder / "b.py").symlink_to("a.py")


def _links_out(folder: Path) -> None:
    (folder / "etc.py").symlink_to("/etc/passwd")
    (folder / "dev.py").symlink_to("/dev/zero")
    (folder / "out").symlink_to("/usr")
    (folder / "up.py").symlink_to("../outside.py")
    (folder / "above").symlink_to("..")
    (folder / "chain.py").symlink_to("above/outside.py")


def _link_storm(folder: Path) -> None:
    """Thirty folders, each with two links to the next: a walk that follows them has a thousand million ways."""
    for number in range(30):
        (folder / f"d{number}").mkdir()
        for link in ("a", "b"):
            (folder / f"d{number}" / link).symlink_to(f"../d{number + 1}")


def _not_files(folder: Path) -> None:
    """Opening any of these would wait for ever, or read without end."""
    os.mkfifo(folder / "pipe.py")
    os.mkfifo(folder / "pipe.ipynb")
    os.mknod(folder / "socket.py", 0o600 | stat.S_IFSOCK)
    try:
        os.mknod(folder / "zero.py", 0o600 | stat.S_IFCHR, os.makedev(1, 5))
    except PermissionError:  # only root may make a device
        os.mkfifo(folder / "zero.py")


def _unreadable(folder: Path) -> None:
    """For root every file is readable; then these are just other flawed ones."""
    write(folder, {"a.py": FLAWED, "closed/a.py": FLAWED})
    (folder / "a.py").chmod(0)
    (folder / "closed").chmod(0)


def _hostile_names(folder: Path) -> None:
    for name in EVIL_NAMES:
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(FLAWED)


def _hostile_folder_names(folder: Path) -> None:
    write(folder, {f"{name}/a.py": FLAWED for name in EVIL_FOLDERS})


def _long_names(folder: Path) -> None:
    """As long as a name may be, and folders of such names."""
    write(folder, {"n" * 252 + ".py": FLAWED})
    write(folder, {"/".join(["d" * 250] * depth) + "/a.py": FLAWED for depth in range(1, 4)})


def _deep_folders(folder: Path) -> None:
    """Six hundred levels: a path longer than the system lets anybody open."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(600):
        os.mkdir("d" * 10, dir_fd=here)
        below = os.open("d" * 10, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    with os.fdopen(os.open("a.py", os.O_WRONLY | os.O_CREAT, dir_fd=here), "wb") as file:
        file.write(FLAWED)
    os.close(here)


def _folders_named_like_files(folder: Path) -> None:
    """And files of which there is nothing to be read."""
    write(folder, {"x.py/a.py": FLAWED, "x.py/y.py/__init__.py": FLAWED})
    (folder / "y.ipynb").mkdir()
    write(folder, {"a.py": b"", "b.py": b"\n", "c.py": b"\xef\xbb\xbf", "d.py": b"\0", "e.py": b"\\"})


def _many(folder: Path) -> None:
    write(folder, {f"{part}/m{number}.py": FLAWED for part in "abcdef" for number in range(300)})


def _vanish(folder: Path) -> None:
    """A folder is renamed and comes back, files go and come again."""
    part = random.choice("abcdef")
    with contextlib.suppress(OSError):
        (folder / part).rename(folder / "away")
        (folder / "away").rename(folder / part)
    for number in random.sample(range(300), 20):
        path = folder / part / f"m{number}.py"
        if path.exists():
            path.unlink()
        else:
            path.write_bytes(FLAWED)


def _change(folder: Path) -> None:
    """A file grows, is cut, becomes a pipe, a link to what lies outside, and a file again."""
    path = folder / random.choice("abcdef") / f"m{random.randrange(300)}.py"
    new = folder / "new"
    with path.open("ab") as file:
        file.write(b"# more\n" * 10_000)
    with path.open("r+b") as file:
        file.truncate(50)
    os.mkfifo(new)
    new.replace(path)
    new.symlink_to("../../outside.py")
    new.replace(path)
    new.write_bytes(FLAWED)
    new.replace(path)

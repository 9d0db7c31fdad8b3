"""Folders that are hard to walk: links, pipes, names, depth, size, and settings that would hide their neighbours."""

import os
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.case import FLAWED, Case

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
    b"n" * 252 + b".py",
    b"__init__.py.py",
    b"\\..\\x.py",
    b"'\";.py",
)


def folders() -> Iterator[Case]:
    """Every hostile folder."""
    yield Case(name="control", make=_nothing)
    yield Case(name="link-loop", make=_link_loop, skipped=("sub/loop", "self.py"))
    yield Case(name="link-out", make=_link_out, skipped=("etc.py", "dev.py", "out"))
    yield Case(name="link-storm", make=_link_storm)
    yield Case(name="pipe", make=lambda folder: os.mkfifo(folder / "pipe.py"), skipped=("pipe.py",))
    yield Case(name="unreadable", make=_unreadable, flawed=("a.py",))
    yield Case(name="evil-names", make=_evil_names, flawed=tuple(os.fsdecode(name) for name in EVIL_NAMES))
    yield Case(name="evil-folder-name", make=_evil_folder, flawed=("a\x1b[2J\n/::error ::b/x.py",))
    yield Case(name="deep-folders", make=_deep_folders, skipped=("d" * 10 + ("/" + "d" * 10) * 100,))
    yield Case(name="folder-named-like-a-file", make=_folder_named_like_a_file, flawed=("x.py/a.py",))
    yield Case(name="empty-files", make=_empty_files)
    yield Case(name="settings", make=_settings)
    yield Case(name="hidden-by-environment", make=_hidden, flawed=("pkg/a.py",))
    yield Case(name="encodings", make=_encodings, flawed=tuple(name for name, _ in ENCODINGS))
    yield Case(name="import-ring", make=_import_ring, flawed=("m0.py",))
    yield Case(name="relay-through-files", make=_relay, flawed=("m0.py", "m400.py"))
    yield Case(name="star-imports", make=_star_imports, flawed=("m0.py",))
    yield Case(name="shadowed-modules", make=_shadowed)
    yield Case(name="same-name-everywhere", make=_same_name)
    yield Case(name="bytecode", make=_bytecode)
    yield Case(name="archive-within", make=_archive_within, skipped=("pkg-1.0-py3-none-any.whl", "pkg-1.0.tar.gz"))
    yield Case(name="line-of-100-mb", make=_line_of_100_mb, skipped=("a.py",))
    yield Case(name="statements-of-50-mb", make=_statements_of_50_mb, skipped=("a.py",))
    yield Case(name="comment-of-10-mb", make=_comment_of_10_mb, skipped=("a.py",))
    yield Case(name="sparse-terabyte", make=_sparse_terabyte, skipped=("a.py", "a.ipynb"))
    yield Case(name="twenty-thousand-files", make=_twenty_thousand_files)
    yield Case(name="ten-thousand-folders", make=_ten_thousand_folders)
    yield Case(name="nothing-but-candidates", make=_candidates, flawed=("m0.py", "m299.py"))


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _nothing(folder: Path) -> None:
    """The flawed neighbour alone."""


def _link_loop(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "loop").symlink_to("..")
    (folder / "self.py").symlink_to("self.py")


def _link_out(folder: Path) -> None:
    (folder / "etc.py").symlink_to("/etc/passwd")
    (folder / "dev.py").symlink_to("/dev/zero")
    (folder / "out").symlink_to("/usr")


def _link_storm(folder: Path) -> None:
    """Thirty folders, each with two links to the next: a walk that follows them has a thousand million ways."""
    for number in range(30):
        (folder / f"d{number}").mkdir()
        for link in ("a", "b"):
            (folder / f"d{number}" / link).symlink_to(f"../d{number + 1}")


def _unreadable(folder: Path) -> None:
    """For root every file is readable; then it is just another flawed one."""
    _write(folder, {"a.py": FLAWED})
    (folder / "a.py").chmod(0)


def _evil_names(folder: Path) -> None:
    for name in EVIL_NAMES:
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(FLAWED)


def _evil_folder(folder: Path) -> None:
    _write(folder, {"a\x1b[2J\n/::error ::b/x.py": FLAWED})


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


def _folder_named_like_a_file(folder: Path) -> None:
    _write(folder, {"x.py/a.py": FLAWED})
    (folder / "y.ipynb").mkdir()


def _empty_files(folder: Path) -> None:
    _write(
        folder, {"a.py": b"", "b.py": b"\n", "c.py": b"\xef\xbb\xbf", "d.py": b"\0", "e.py": b"\\", "__init__.py": b""}
    )


def _settings(folder: Path) -> None:
    """Whoever writes the scanned code has no say about what is scanned."""
    _write(
        folder,
        {
            "pyproject.toml": b"[tool.bandit]\nskips = ['B301']\n[tool.gnomon]\nexclude = ['*']\nrules = []\n",
            "gnomon.toml": b"exclude = ['*']\n",
            ".gnomonignore": b"*\n",
            ".bandit": b"[bandit]\nskips = B301,B403\n",
            ".semgrepignore": b"*\n",
            ".gitignore": b"*\n",
            ".gitattributes": b"* linguist-generated\n",
            "pickle.toml": b"this is no TOML [[[",
            "sitecustomize.py": b"raise SystemExit('scanned code was run')\n",
            "msgspec.py": b"raise SystemExit('scanned code was run')\n",
            "json.py": b"raise SystemExit('scanned code was run')\n",
        },
    )


def _hidden(folder: Path) -> None:
    """A file that marks virtual environments, beside code that is none."""
    _write(folder, {"pkg/pyvenv.cfg": b"home = /usr\n", "pkg/a.py": FLAWED})


ENCODINGS: tuple[tuple[str, bytes], ...] = (
    ("latin_1.py", b"# -*- coding: latin-1 -*-\nn = '\xe9'\n" + FLAWED),
    ("unknown.py", b"# -*- coding: rot13x -*-\n" + FLAWED),
    ("rot13.py", b"# coding: rot13\n" + FLAWED),
    ("zlib.py", b"# coding: zlib\n" + FLAWED),
    ("hex.py", b"# coding: hex\n" + FLAWED),
    ("idna.py", b"# coding: idna\n" + FLAWED + b"#" + b"a" * 1_000_000 + b"\n"),
    ("punycode.py", b"# coding: punycode\n" + FLAWED + b"#-" + b"a" * 1_000_000),  # takes quadratic time to decode
    ("punycode_broken.py", b"# coding: punycode\n" + FLAWED + b"#-\n"),
    ("unicode_escape.py", b"# coding: unicode_escape\n" + FLAWED),
    ("utf_7.py", b"# coding: utf-7\n" + FLAWED),
    ("undefined.py", b"# coding: undefined\n" + FLAWED),
    ("nul_cookie.py", b"# coding: a\0b\n" + FLAWED),
    ("two_cookies.py", b"# coding: utf-8\n# coding: utf-16\n" + FLAWED),
    ("utf_16.py", FLAWED.decode().encode("utf-16")),
    ("utf_16_be.py", b"\xfe\xff" + FLAWED.decode().encode("utf-16-be")),
    ("utf_8_sig.py", b"\xef\xbb\xbf" + FLAWED),
    ("crlf.py", FLAWED.replace(b"\n", b"\r\n")),
    ("cr.py", FLAWED.replace(b"\n", b"\r")),
    ("mixed.py", FLAWED.replace(b"\n", b"\r\n", 2)),
    ("no_end.py", FLAWED.rstrip()),
)


def _encodings(folder: Path) -> None:
    _write(folder, dict(ENCODINGS))


def _import_ring(folder: Path) -> None:
    for number in range(200):
        following = (number + 1) % 200
        text = f"from m{following} import *\nimport m{following} as n\ndef f(b): return n.f(b)\n"
        _write(
            folder, {f"m{number}.py": text.encode() + (FLAWED + b"pickle.loads(f(s.recv()))\n" if not number else b"")}
        )


def _relay(folder: Path) -> None:
    """Bytes handed on through four hundred files."""
    for number in range(400):
        text = f"from m{number + 1} import f as g\ndef f(b):\n    return g(b)\n"
        _write(folder, {f"m{number}.py": text.encode() + (FLAWED + b"f(s.recv())\n" if not number else b"")})
    _write(folder, {"m400.py": FLAWED + b"def f(b):\n    return pickle.loads(b)\n"})


def _star_imports(folder: Path) -> None:
    stars = "".join(f"from m{number} import *\n" for number in range(100))
    for number in range(100):
        _write(
            folder, {f"m{number}.py": stars.encode() + (b"" if number else FLAWED + b"pickle.loads(nobody_knows)\n")}
        )


def _shadowed(folder: Path) -> None:
    """Modules named like the libraries that the neighbour imports, in a package of their own."""
    _write(
        folder, {"pkg/pickle.py": b"def loads(b): return b\n", "pkg/zmq.py": b"import pickle\n", "pkg/__init__.py": b""}
    )


def _same_name(folder: Path) -> None:
    """One function name, defined and called everywhere."""
    for number in range(300):
        _write(
            folder,
            {f"p{number}/a.py": b"import pickle\ndef load(b):\n    return pickle.loads(b)\ndef go(b):\n    load(b)\n"},
        )


def _bytecode(folder: Path) -> None:
    _write(
        folder,
        {"__pycache__/a.cpython-311.pyc": b"\xa7\r\r\n" + bytes(100), "a.pyc": os.urandom(100), "b.so": b"\x7fELF"},
    )


def _archive_within(folder: Path) -> None:
    _write(folder, {"pkg-1.0-py3-none-any.whl": b"PK\x03\x04", "pkg-1.0.tar.gz": b"\x1f\x8b\x08"})


def _line_of_100_mb(folder: Path) -> None:
    with (folder / "a.py").open("wb") as file:
        file.write(FLAWED + b"x = '")
        for _ in range(100):
            file.write(b"A" * 1_000_000)
        file.write(b"'\n")


def _statements_of_50_mb(folder: Path) -> None:
    line = b"x = foo(1, 2, [3, 4], {'a': 5})\n"
    _write(folder, {"a.py": FLAWED + line * (50_000_000 // len(line))})


def _comment_of_10_mb(folder: Path) -> None:
    _write(folder, {"a.py": FLAWED + b"#" + b"x" * 10_000_000 + b"\n"})


def _sparse_terabyte(folder: Path) -> None:
    """Files of a terabyte that take no room."""
    for name in ("a.py", "a.ipynb"):
        with (folder / name).open("wb") as file:
            file.truncate(10**12)


def _twenty_thousand_files(folder: Path) -> None:
    for number in range(20_000):
        (folder / f"m{number}.py").write_bytes(b"x = 1\n")


def _ten_thousand_folders(folder: Path) -> None:
    for number in range(10_000):
        (folder / f"d{number}").mkdir()


def _candidates(folder: Path) -> None:
    """Every file has something to find."""
    for number in range(300):
        _write(folder, {f"m{number}.py": FLAWED + f"x = {number}\n".encode()})

"""Files that ask to be trusted: settings, markers, code that tools run by itself, modules with borrowed names.

Whoever wrote the scanned code has no say about what is scanned, and nothing of it may be run. What would be run here
makes a file, and does nothing else.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.case import FLAWED, RAN, Case, write

STARTERS = (
    "setup.py", "conftest.py", "sitecustomize.py", "usercustomize.py", "__init__.py", "__main__.py", "noxfile.py",
    "tasks.py", "manage.py", "build.py", "hubconf.py", "pkg/__init__.py", "pkg/__main__.py", "tests/conftest.py",
)  # fmt: skip
BORROWED = (
    "ast.py", "msgspec.py", "gnomon.py", "json.py", "re.py", "click.py", "typing.py", "codecs.py", "tokenize.py",
    "encodings/__init__.py", "encodings/utf_8.py", "gnomon/__init__.py", "gnomon/__main__.py", "msgspec/__init__.py",
)  # fmt: skip
HIDDEN = ("env/a.py", ".hidden/a.py", "..a/b.py", "site-packages/a.py", "venv/lib/a.py", "build/a.py", "test/a.py")


def trust() -> Iterator[Case]:
    """Every input that asks to be trusted."""
    yield Case(name="settings", kind="trust", make=_settings, targets=("project",), flawed=("a.py", "pkg/a.py"))
    yield Case(
        name="markers", kind="trust", make=_markers, flawed=tuple(f"m{number}.py" for number in range(len(MARKERS)))
    )
    for name, make, flawed in (
        ("code-that-tools-run", _code_that_tools_run, STARTERS),
        ("borrowed-names", _borrowed_names, BORROWED),
        ("hostile-repository", _hostile_repository, ("a.py", "bare.git/a.py")),
        ("hidden-folders", _hidden_folders, HIDDEN),
        ("bytecode", _bytecode, ()),
    ):
        yield Case(name=name, kind="trust", make=make, flawed=flawed)


def _settings(folder: Path) -> None:
    """In the project's folder, above it and below it."""
    files = {
        "pyproject.toml": b"[tool.bandit]\nskips = ['B301']\nexclude_dirs = ['.']\n"
        b"[tool.gnomon]\nexclude = ['*']\nrules = []\n"
        b"[tool.ruff]\nexclude = ['*']\nlint.ignore = ['ALL']\n[tool.semgrep]\nexclude = ['*']\n",
        "gnomon.toml": b"exclude = ['*']\n",
        ".gnomonignore": b"*\n",
        ".bandit": b"[bandit]\nskips = B301,B403\nexclude = /\n",
        ".semgrepignore": b"*\n",
        ".gitignore": b"*\n",
        ".ignore": b"*\n",
        ".dockerignore": b"*\n",
        ".gitattributes": b"* linguist-generated\n",
        "ruff.toml": b"exclude = ['*']\n",
        "setup.cfg": b"[bandit]\nskips = B301\n[flake8]\nexclude = *\n",
        "tox.ini": b"[bandit]\nexclude = *\n",
        "pickle.toml": b"this is no TOML [[[",
        ".python-version": b"2.7\n",
    }
    for place in ("project", "project/pkg"):
        write(folder, {f"{place}/{name}": data for name, data in files.items()})
    write(folder, {f"project/{name}": FLAWED for name in ("ok.py", "a.py", "pkg/a.py")})
    write(folder, {name: data for name, data in files.items() if name != "pyproject.toml"})


MARKERS = (
    b"# nosec", b"# nosec B301", b"#nosec: B301,B403", b"# noqa", b"# noqa: S301", b"# nosemgrep", b"# type: ignore",
    b"# pragma: no cover", b"# pylint: disable=all", b"# NOSONAR", b"# lgtm", b"# skipcq", b"# noinspection All",
    b"# codeql[py/unsafe-deserialization]", b"# snyk:disable", b"# fmt: off",
)  # fmt: skip
_HEADS = b"# flake8: noqa\n# ruff: noqa\n# pylint: skip-file\n# mypy: ignore-errors\n# @generated DO NOT EDIT\n"


def _markers(folder: Path) -> None:
    """Comments by which other tools are told to look away."""
    for number, marker in enumerate(MARKERS):
        text = _HEADS + FLAWED.replace(b"s.recv())", b"s.recv())  " + marker)
        write(folder, {f"m{number}.py": text})


def _runs(folder: Path) -> bytes:
    """A line of Python that makes the file that must not appear."""
    return f"open({os.fspath(folder / RAN)!r}, 'w').close()\n".encode()


def _code_that_tools_run(folder: Path) -> None:
    """By Python at its start, by builds, by test runners, by a shell that enters the folder."""
    write(folder, {name: FLAWED + _runs(folder) for name in STARTERS})
    write(folder, {name: b"import os; " + _runs(folder) for name in ("a.pth", "lib/site-packages/a.pth", "easy.pth")})
    touch = f"touch {folder / RAN}\n".encode()
    backend = b"[build-system]\nrequires = []\nbuild-backend = 'build'\nbackend-path = ['.']\n"
    write(folder, {".envrc": touch, "Makefile": b"all:\n\t" + touch, "pyproject.toml": backend})


def _borrowed_names(folder: Path) -> None:
    """Modules named like those a scanner itself imports, and a package named like the neighbour's library."""
    write(folder, {name: FLAWED + _runs(folder) for name in BORROWED})
    write(
        folder, {"pkg/pickle.py": b"def loads(b): return b\n", "pkg/zmq.py": b"import pickle\n", "pkg/__init__.py": b""}
    )


def _hostile_repository(folder: Path) -> None:
    """A git repository that names programs to be run by whoever asks git about it, and one more in a subfolder."""
    run = f"touch {folder / RAN} #"
    config = (
        f"[core]\n\trepositoryformatversion = 0\n\tfsmonitor = {run}\n\thooksPath = hooks\n\tsshCommand = {run}\n"
        f'\tpager = {run}\n\teditor = {run}\n[filter "x"]\n\tclean = {run}\n\tsmudge = {run}\n\trequired = true\n'
        f'[diff "x"]\n\ttextconv = {run}\n\tcommand = {run}\n[protocol "ext"]\n\tallow = always\n'
        f'[remote "origin"]\n\turl = ext::{run}\n[include]\n\tpath = /etc/passwd\n[gpg]\n\tprogram = {run}\n'
    ).encode()
    for place in (".git", "bare.git"):
        git = {
            "HEAD": b"ref: refs/heads/main\n",
            "config": config,
            "objects/info/alternates": b"/\n",
            "refs/.keep": b"",
        }
        hooks = {f"hooks/{name}": f"#!/bin/sh\n{run}\n".encode() for name in ("post-checkout", "fsmonitor-watchman")}
        write(folder, {f"{place}/{name}": data for name, data in (git | hooks).items()})
        for name in hooks:
            (folder / place / name).chmod(0o755)
    write(
        folder,
        {
            ".gitattributes": b"* filter=x diff=x export-ignore\n",
            ".gitmodules": f'[submodule "x"]\n\tpath = x\n\turl = --upload-pack={run}\n'.encode(),
            "x/.git": b"gitdir: ../bare.git\n",
            "a.py": FLAWED,
            "bare.git/a.py": FLAWED,
        },
    )


def _hidden_folders(folder: Path) -> None:
    """Beside code that is none, a file that marks virtual environments; and folders that many tools pass over."""
    write(folder, dict.fromkeys(HIDDEN, FLAWED) | {"env/pyvenv.cfg": b"home = /usr\n"})


def _bytecode(folder: Path) -> None:
    """What the import system would take in the source's place."""
    write(
        folder,
        {
            "__pycache__/ok.cpython-311.pyc": b"\xa7\r\r\n" + bytes(100),
            "a.pyc": b"\xa7\r\r\n" + bytes(range(256)),
            "b.so": b"\x7fELF",
            "ok.cpython-311-x86_64-linux-gnu.so": b"\x7fELF" + bytes(100),
        },
    )

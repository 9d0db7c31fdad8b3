"""Excerpts of files for the documentation: definitions, the difference of two files, what scan finds and fix changes."""

import ast
import difflib
import subprocess
import sys
import textwrap
from itertools import pairwise
from pathlib import Path


def definition(root: Path, path: str, *names: str) -> str:
    """Classes, functions (`Class.method` too) and assigned names of a file, each with the text below it."""
    text = (root / path).read_text(encoding="utf-8")
    parts = [_part(text, name) for name in names]
    shown = parts[0]
    for before, after in pairwise(parts):
        apart = before.startswith("class ") or after.startswith("class ")
        shown += ("\n\n" if apart else "") + after
    return f"```python\n{shown}```"


def difference(root: Path, old: str, new: str) -> str:
    """What changes from one file to the other, with one line around each change."""
    before, after = ((root / path).read_text(encoding="utf-8").splitlines(keepends=True) for path in (old, new))
    lines = difflib.unified_diff(before, after, old, new, n=1)
    shown = ("@@\n" if line.startswith("@@") else line for line in lines)
    return f"```diff\n{''.join(shown)}```"


def found_by_scan(root: Path, folder: str) -> str:
    """The first lines of each finding, as the command prints them."""
    command = ["scan", folder, "--no-cache", "--no-progress"]
    shown = subprocess.run(
        [sys.executable, "-m", "gnomon", *command], cwd=root, capture_output=True, text=True, check=False
    )
    lines = shown.stdout.splitlines()
    kept = [line for line in lines if "pickle-over-network:" in line or line.startswith(("  at ", f"{folder}: "))]
    return "\n".join(["```console", f"$ gnomon scan {folder}", *kept, "```"])


def fixed(root: Path, folder: str, *paths: str) -> str:
    """What `gnomon fix` says of a folder, and the changes of some of its files."""
    command = ["fix", "--no-cache", "--no-progress", "--no-config"]
    shown = subprocess.run(
        [sys.executable, "-m", "gnomon", *command], cwd=root / folder, capture_output=True, text=True, check=False
    )
    told, *changes = shown.stdout.split("\ndiff --git ")
    kept = [change.partition("\n")[2].rstrip() for change in changes if change.split(" ")[0].removeprefix("a/") in paths]
    lines = "\n".join(textwrap.fill(line, 120, subsequent_indent=" " * 12) for line in told.rstrip().splitlines())
    return "\n".join(["```console", "$ gnomon fix", lines, "```", "", "```diff", *kept, "```"])


def _part(text: str, name: str) -> str:
    owner, _, last_name = name.rpartition(".")
    body: list[ast.stmt] = ast.parse(text).body
    if owner:
        body = next(node.body for node in body if isinstance(node, ast.ClassDef) and node.name == owner)
    at = next(at for at, node in enumerate(body) if last_name in _names(node))
    node, below = body[at], body[at + 1 : at + 2]
    last = below[0] if below and _is_text(below[0]) else node
    return textwrap.dedent("".join(text.splitlines(keepends=True)[node.lineno - 1 : last.end_lineno]))


def _names(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return {node.name}
    return {target.id for target in getattr(node, "targets", ()) if isinstance(target, ast.Name)}


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)

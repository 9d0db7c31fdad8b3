"""What a file's name tells: whether it holds Python, and whether it stays inside its target."""

import re
import sys
from typing import Literal

Kind = Literal["python", "notebook", "script", "package", "other"]

SCRIPT_FOLDERS = frozenset({"bin", "sbin", "scripts", "tools"})
"""Where a file without a suffix is worth a look at its first line."""
_KINDS: dict[str, Kind] = {
    ".py": "python",
    ".pyw": "python",
    ".ipynb": "notebook",
    ".whl": "package",
    ".egg": "package",
    ".pyz": "package",
    ".pex": "package",
}
_SDIST = re.compile(r"[\w.+-]+-\d[\w.+!]*\.tar\.gz")
_INTERPRETER = re.compile(r"((?:.*?/)??lib(?:64)?/(?:python|pypy)3\.\d+t?)/([^/]+)")
_SHEBANG = re.compile(rb"#![^\n]*\bpython")


def kind_of(path: str) -> Kind:
    """What the file is by its name alone; "script" might be one, see `is_script`; "package" is a Python archive."""
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    if dot < 0:
        return "script" if folder_of(path) in SCRIPT_FOLDERS else "other"
    suffix = name[dot:].lower()
    if suffix == ".gz" and _SDIST.fullmatch(name):
        return "package"
    return _KINDS.get(suffix, "other")


def is_script(data: bytes) -> bool:
    """True if the first line asks for a Python interpreter."""
    return _SHEBANG.match(data) is not None


def may_hold_python(path: str) -> bool:
    """True if a link of this name may lead to Python, or to a folder, by its name alone."""
    return kind_of(path) != "other" or "." not in path[path.rfind("/") + 1 :]


def folder_of(path: str) -> str:
    """Name of the folder that holds the file, "" at the top."""
    return path.rpartition("/")[0].rpartition("/")[2]


def inside(name: str) -> str | None:
    """The entry's path in its archive without `.` and doubled slashes; None if it leads out of the archive."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or "\0" in name or not parts:
        return None
    return "/".join(parts)


def link_end(path: str, link: str) -> str | None:
    """Where a relative symbolic link at `path` leads, as a path in the archive; None if it leaves it."""
    if link.startswith("/"):
        return None
    parts = path.split("/")[:-1]
    for part in link.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def standard_library(path: str) -> str:
    """The folder of an interpreter's own library, if the file is one of it; "" otherwise.

    What was installed beside it (site-packages, dist-packages) or put into it under another name does not count.
    """
    match = _INTERPRETER.match(path)
    if match is None:
        return ""
    module = match[2].partition(".")[0]
    return match[1] if module in sys.stdlib_module_names or module == "test" else ""

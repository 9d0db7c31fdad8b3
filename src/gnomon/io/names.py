"""What a file's name tells: whether it holds Python or deploys it, and whether it stays inside its target."""

import re
import sys
from typing import Literal

Kind = Literal["python", "notebook", "script", "package", "deployment", "other"]

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
    ".yaml": "deployment",
    ".yml": "deployment",
    ".env": "deployment",
    ".sh": "deployment",
    ".bash": "deployment",
}
_IMAGE_FILE = re.compile(
    r"(Dockerfile|Containerfile)([._-].*)?|.+\.(Dockerfile|dockerfile)|\.env(\..+)?|(docker[-_])?entrypoint"
)
_NAMED_YAML = re.compile(r"(.*[._-])?(docker-)?compose([._-].*)?|values([._-].*)?|.+[._-]values", re.IGNORECASE)
_SCRIPTS = frozenset({"sh", "bash"})
_STARTING = re.compile(rb"\b(?:python[\d.]*|exec|export|uvicorn|gunicorn|torchrun)\b|--host")
"""What a script has that starts a program of Python, or sets variables for one: most only build or test."""
_MANIFEST = re.compile(rb"^[ \t-]*apiVersion[ \t]*:", re.MULTILINE), re.compile(rb"^[ \t-]*kind[ \t]*:", re.MULTILINE)
_SDIST = re.compile(r"[\w.+-]+-\d[\w.+!]*\.tar\.gz")
_INTERPRETER = re.compile(r"((?:.*?/)??lib(?:64)?/(?:python|pypy)3\.\d+t?)/([^/]+)")
_SHEBANG = re.compile(rb"#![^\n]*\bpython")


def kind_of(path: str) -> Kind:
    """What the file is by its name alone; "script" might be one, see `is_script`; "package" is a Python archive.

    All YAML and all shell scripts are "deployment", see `deploys`.
    """
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    if _IMAGE_FILE.fullmatch(name) and name[dot:].lower() not in _KINDS:
        return "deployment"
    if dot < 0:
        return "script" if folder_of(path) in SCRIPT_FOLDERS else "other"
    suffix = name[dot:].lower()
    if suffix == ".gz" and _SDIST.fullmatch(name):
        return "package"
    return _KINDS.get(suffix, "other")


def is_script(data: bytes) -> bool:
    """True if the first line asks for a Python interpreter."""
    return _SHEBANG.match(data) is not None


def named_deployment(path: str) -> bool:
    """True for a file of kind "deployment" whose name says so; of other YAML and of scripts the content has to."""
    name, _, suffix = path[path.rfind("/") + 1 :].rpartition(".")
    if name and suffix.lower() in _SCRIPTS:
        return False
    return suffix.lower() not in ("yaml", "yml") or _NAMED_YAML.fullmatch(name) is not None


def deploys(path: str, data: bytes) -> bool:
    """True for a file of kind "deployment" that is one by its name, or by its content.

    Of other YAML, Kubernetes' manifests are; of shell scripts those that start a program or set variables for one.
    """
    if path.lower().endswith(tuple(f".{suffix}" for suffix in _SCRIPTS)):
        return _STARTING.search(data) is not None
    return named_deployment(path) or all(pattern.search(data) for pattern in _MANIFEST)


def may_hold_python(path: str) -> bool:
    """True if a link of this name may lead to Python, or to a folder, by its name alone."""
    return kind_of(path) not in ("deployment", "other") or "." not in path[path.rfind("/") + 1 :]


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

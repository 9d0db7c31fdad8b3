"""A tree -> what its code is called and how old it is, from what was told on the way, names of files and metadata.

Metadata is read, never run: a version that a build would compute is not known.
"""

import configparser
import re
import tomllib
from pathlib import Path

from msgspec.structs import replace
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from gnomon.core.tree import Provenance, Tree
from gnomon.io import archives, files

_MAX_BYTES = 1_000_000
_NAME = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?", re.ASCII)
_SUFFIX = re.compile(r"\.(?:whl|egg|zip|pyz|pex|tar|tgz|tbz2?|txz|tar\.(?:gz|bz2|xz))$", re.IGNORECASE)
_LABELLED = re.compile(r"(.+?)-(v?\d[\w.+!-]*|[0-9a-f]{7,40})")
"""`NAME-VERSION`, as hosts name their archives of a tag or commit."""


def provenance(tree: Tree) -> Provenance:
    """All that is known; empty where nothing is."""
    known = tree.origin or Provenance()
    if known.project:
        return known
    path = Path(tree.target)
    try:
        if path.is_dir():
            project, label = _of_folder(path)
        elif archives.named_like_archive(path.name):
            project, label = _of_archive(path.name)
        else:
            project, label = _of_folder(path.parent)
    except (OSError, ValueError):  # a name with a NUL in it
        return known
    return replace(known, project=project, label=label)


def _of_archive(name: str) -> tuple[str, str]:
    """Project and version, as the file's name has them."""
    try:
        if name.lower().endswith(".whl"):
            project, version, *_ = parse_wheel_filename(name)
        else:
            project, version = parse_sdist_filename(name)
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        stem = _SUFFIX.sub("", name)
        match = _LABELLED.fullmatch(stem)
        return (match[1], match[2]) if match else (stem, "")
    return project, str(version)


def _of_folder(folder: Path) -> tuple[str, str]:
    """As the metadata at its top says; else the folder's own name."""
    for name, read in (("PKG-INFO", _of_headers), ("pyproject.toml", _of_toml), ("setup.cfg", _of_ini)):
        try:
            text = files.content(str(folder / name), _MAX_BYTES).decode()
            project, version = read(text)
        except (files.Unreadable, UnicodeDecodeError, tomllib.TOMLDecodeError, configparser.Error, RecursionError):
            continue
        if _NAME.fullmatch(project):
            return canonicalize_name(project), _version(version)
    return folder.resolve().name, ""


def _of_headers(text: str) -> tuple[str, str]:
    """Core metadata: https://packaging.python.org/en/latest/specifications/core-metadata/."""
    head = text.partition("\n\n")[0]
    said = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head.splitlines())}
    return said.get("name", ""), said.get("version", "")


def _of_toml(text: str) -> tuple[str, str]:
    document = tomllib.loads(text)
    tool = document.get("tool")
    for table in (document.get("project"), tool.get("poetry") if isinstance(tool, dict) else None):
        if isinstance(table, dict) and isinstance(table.get("name"), str):
            return table["name"], str(table.get("version", ""))
    return "", ""


def _of_ini(text: str) -> tuple[str, str]:
    said = configparser.RawConfigParser()
    said.read_string(text)
    return said.get("metadata", "name", fallback=""), said.get("metadata", "version", fallback="")


def _version(text: str) -> str:
    """The version; nothing for what is none, such as `attr: package.__version__`."""
    try:
        return str(Version(text))
    except InvalidVersion:
        return ""

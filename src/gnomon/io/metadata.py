"""A package's core metadata and its list of files, as they are installed (PEP 566, PEP 376, PEP 627)."""

import base64
import binascii
import configparser
import csv
import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from gnomon.core.purl import canonical

HEAD_BYTES = 65_536
"""Name and version stand in the first lines; the rest is a description."""
_HEADER = re.compile(rb"^(name|version)[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_REQUIRES = re.compile(rb"^requires-dist[ \t]*:[ \t]*([A-Za-z0-9._-]+)", re.IGNORECASE | re.MULTILINE)
_LONGEST = 200
_SHA256_BYTES = 32


class Named(Struct, frozen=True):
    """A release as its metadata names it. Untrusted text."""

    name: str
    version: str


def named(data: bytes) -> Named | None:
    """Name and version from the head of METADATA or PKG-INFO; None if there is no name."""
    head = re.split(rb"\r?\n\r?\n", data, maxsplit=1)[0]
    found: dict[bytes, str] = {}
    for match in _HEADER.finditer(head):
        found.setdefault(match[1].lower(), match[2].decode("utf-8", "replace").strip()[:_LONGEST])
    name = found.get(b"name", "")
    return Named(name, found.get(b"version", "")) if name else None


def requires(data: bytes, name: str) -> bool:
    """True if the metadata requires a project, be it for an extra; `name` as indexes compare it."""
    head = re.split(rb"\r?\n\r?\n", data, maxsplit=1)[0]
    return any(canonical(match[1].decode("ascii")) == name for match in _REQUIRES.finditer(head))


def commands(data: bytes) -> tuple[str, ...]:
    """Names of the commands that `entry_points.txt` installs."""
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment] # names are as they are written
    try:
        parser.read_string(data.decode("utf-8", "replace"))
    except configparser.Error:
        return ()
    return tuple(parser["console_scripts"]) if parser.has_section("console_scripts") else ()


def recorded(data: bytes) -> Mapping[str, str]:
    """Path -> hexadecimal sha256, "" if the list has another digest or none; later lines of one path don't count."""
    found: dict[str, str] = {}
    for path, digest in _rows(data):
        found.setdefault(path, digest)
    return found


def _rows(data: bytes) -> Iterator[tuple[str, str]]:
    for line in data.decode("utf-8", "surrogateescape").splitlines():
        try:
            row = next(csv.reader([line]), [])
        except csv.Error:  # a field that is larger than csv takes: no line may hide those after it
            row = line.split(",")
        if row:
            yield row[0].replace("\\", "/"), _hexadecimal(row[1] if len(row) > 1 else "")


def _hexadecimal(text: str) -> str:
    """`sha256=` and unpadded base64, as lists of files have it."""
    kind, _, value = text.partition("=")
    if kind != "sha256":
        return ""
    try:
        data = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except (binascii.Error, ValueError):
        return ""
    return data.hex() if len(data) == _SHA256_BYTES else ""

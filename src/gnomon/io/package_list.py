"""A list of packages to watch, one a line -> their names and which of their releases count."""

import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from gnomon.core.errors import NothingToScan, TargetError

_MAX_BYTES = 10_000_000
_EXAMPLE = "write a name, such as vllm, or one with the versions that count, such as vllm>=0.8,<1"


class Watchword(Struct, frozen=True, kw_only=True):
    """A package that is watched."""

    name: str
    """In its normal form."""
    specifier: str = ""
    """Versions that count (PEP 440); "" for all."""


def package_list(place: str) -> tuple[Watchword, ...]:
    """The packages in their order, each once; `-` reads standard input. Raises TargetError.

    Blank lines don't count, nor does what follows a `#`. A package that is there twice counts with its first line.
    """
    try:
        data = sys.stdin.buffer.read(_MAX_BYTES) if place == "-" else Path(place).read_bytes()[:_MAX_BYTES]
        lines = data.decode().splitlines()
    except OSError as error:
        raise TargetError(
            f"the list {place} can't be read: {(error.strerror or type(error).__name__).lower()}.",
            remedy="gnomon watch PACKAGES.txt -o STATE, with a package a line in PACKAGES.txt",
        ) from None
    except UnicodeDecodeError:
        raise TargetError(f"{place} is no text.", remedy=_EXAMPLE) from None
    found: dict[str, Watchword] = {}
    for word in _words(place, lines):
        found.setdefault(word.name, word)
    if not found:
        raise NothingToScan(f"there is no package in {place}.", remedy=_EXAMPLE)
    return tuple(found.values())


def _words(place: str, lines: list[str]) -> Iterator[Watchword]:
    for number, line in enumerate(lines, start=1):
        text = line.partition("#")[0].strip().removeprefix("pypi:")
        if not text:
            continue
        try:
            wanted = Requirement(text)
        except InvalidRequirement:
            wanted = None
        if wanted is None or wanted.url or wanted.marker:
            raise TargetError(f"{place}:{number}: {text!r} is no package.", remedy=_EXAMPLE)
        yield Watchword(name=canonicalize_name(wanted.name), specifier=str(wanted.specifier))

"""Package URLs: names of packages that hold across tools (https://github.com/package-url/purl-spec)."""

import re

from msgspec import Struct

_TYPE = re.compile(r"[a-z][a-z0-9.+-]*")
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_~:")
_ENCODED = re.compile(rb"%([0-9A-Fa-f]{2})")
_SEPARATORS = re.compile(r"[-_.]+")
LONGEST = 2_000
"""Characters; what is longer is no package's name."""


class Purl(Struct, frozen=True):
    """A package URL taken apart, without qualifiers and subpath."""

    type: str
    """`pypi`, `github`, `conda` …; lower case."""
    namespace: str
    """Owner of a repository, group of a package; "" for what has none, such as all of PyPI."""
    name: str
    version: str = ""

    def __str__(self) -> str:
        """The URL, percent-encoded as the specification has it."""
        owner = "".join(f"{_quoted(part)}/" for part in self.namespace.split("/") if part)
        at = f"@{_quoted(self.version)}" if self.version else ""
        return f"pkg:{self.type}/{owner}{_quoted(self.name)}{at}"

    @property
    def package(self) -> str:
        """The URL without a version: what advisories are about."""
        return str(Purl(self.type, self.namespace, self.name))


def pypi(name: str, version: str = "") -> Purl:
    """A release on the Python package index."""
    return Purl("pypi", "", canonical(name), version)


def canonical(name: str) -> str:
    """A project's name as indexes compare it (PEP 503)."""
    return _SEPARATORS.sub("-", name).lower()


def parsed(text: str) -> Purl | None:
    """What the URL names; None if it is none."""
    if not text.lower().startswith("pkg:") or len(text) > LONGEST:
        return None
    rest = text[4:].partition("#")[0].partition("?")[0].strip("/")
    kind, _, rest = rest.partition("/")
    path, at, version = rest.rpartition("@")
    if not at:
        path, version = rest, ""
    parts = [_unquoted(part) for part in path.split("/") if part]
    kind = kind.lower()
    if not parts or not _TYPE.fullmatch(kind):
        return None
    namespace, name = "/".join(parts[:-1]), parts[-1]
    if kind in ("github", "bitbucket", "gitlab"):
        namespace, name = namespace.lower(), name.lower()
    if kind == "pypi":
        name = canonical(name)
    return Purl(kind, namespace, name, _unquoted(version))


def _quoted(text: str) -> str:
    """Percent-encoded, but for letters, digits and `.-_~:`; a lone surrogate becomes `?`."""
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in text.encode("utf-8", "replace"))


def _unquoted(text: str) -> str:
    data = _ENCODED.sub(lambda match: bytes([int(match[1], 16)]), text.encode("utf-8", "replace"))
    return data.decode("utf-8", "replace")

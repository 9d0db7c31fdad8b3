"""Lists of conda packages -> packages: environment.yml, explicit lists, `conda list --export`, conda-lock.yml.

Advisories are about projects on the Python package index. conda-forge calls the same project by the same name almost
always, so that a conda package is looked up under its own name there; a remark says so.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from gnomon.core.finding import Skipped
from gnomon.core.package import Package
from gnomon.core.purl import pypi
from gnomon.deployment.documents import Listing, Mapping, Node, Scalar, documents
from gnomon.deployment.facts import Unreadable
from gnomon.io import files
from gnomon.io.requirement_lists import Listed, take

MAX_BYTES = 20_000_000
REMARK = "conda packages are looked up under their own names on the Python package index"
_EXPLICIT = re.compile(r"(.+)-([^-]+)-([^-]+)\.(?:conda|tar\.bz2)")
_EXPORTED = re.compile(r"([\w.-]+)==?([\w.!+]+)(?:==?[\w.]*)?")
_NAMES = re.compile(
    r"(?:.*[._-])?environment(?:[._-].*)?\.ya?ml|conda-lock\.ya?ml|.*\.conda-lock\.ya?ml", re.IGNORECASE
)


def is_conda(name: str, head: bytes) -> bool:
    """True for a file that is called, or begins, as conda's lists do."""
    if _NAMES.fullmatch(name):
        return True
    return name.endswith((".txt", ".lock")) and (b"@EXPLICIT" in head or b"# platform: " in head)


def read_conda(path: Path, where: str) -> Listed:
    """The packages of a list. Never raises."""
    listed = Listed([], [])
    try:
        data = files.content(str(path.resolve()), MAX_BYTES)
        if path.suffix in (".yml", ".yaml"):
            for document in documents(data):
                _take_document(document, where, listed)
        else:
            _take_lines(data.decode("utf-8", "replace"), where, listed)
    except (files.Unreadable, Unreadable) as error:
        listed.skipped.append(Skipped(path=where, reason=str(error)))
    return listed


def _take_lines(text: str, where: str, listed: Listed) -> None:
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith(("#", "@EXPLICIT")):
            continue
        file = unquote(urlsplit(line.partition("#")[0]).path).rpartition("/")[2]
        match = _EXPLICIT.fullmatch(file) or _EXPORTED.fullmatch(line)
        if match is None:
            listed.skipped.append(Skipped(path=f"{where}:{number}", reason=f"{line[:100]!r} names no package"))
        else:
            listed.packages.append(_package(match[1], match[2], where))


def _take_document(node: Node, where: str, listed: Listed) -> None:
    if not isinstance(node, Mapping):
        listed.skipped.append(Skipped(path=where, reason="it is no list of conda packages"))
        return
    locked, wanted = node.get("package"), node.get("dependencies")
    if isinstance(locked, Listing):
        listed.packages += _of_lock(locked, where)
    elif isinstance(wanted, Listing):
        for item in wanted.items:
            _take_item(item, where, listed)
    else:
        listed.skipped.append(Skipped(path=where, reason="it has no dependencies"))


def _of_lock(entries: Listing, where: str) -> Iterator[Package]:
    """As conda-lock writes it: a mapping with name, version and manager each."""
    for entry in entries.items:
        if isinstance(entry, Mapping):
            name, version = entry.get("name"), entry.get("version")
            if isinstance(name, Scalar):
                yield _package(name.text, version.text if isinstance(version, Scalar) else "", where)


def _take_item(item: Node, where: str, listed: Listed) -> None:
    if isinstance(item, Mapping):
        inner = item.get("pip")
        for each in inner.items if isinstance(inner, Listing) else ():
            if isinstance(each, Scalar) and not each.text.startswith("-"):
                take(each.text, f"{where}:{each.line}", where, listed)
        return
    if not isinstance(item, Scalar):
        return
    # channel::name version build, name=version=build, name>=version (https://docs.conda.io/projects/conda-build/en/latest/resources/package-spec.html)
    text = item.text.rpartition("::")[2].strip()
    match = re.match(r"([A-Za-z0-9_][\w.-]*)\s*(.*)", text)
    if match is None:
        listed.skipped.append(Skipped(path=f"{where}:{item.line}", reason=f"{text[:100]!r} names no package"))
        return
    rest = match[2].strip()
    pin = re.fullmatch(r"={1,2}\s*([\w.!+]+)(?:=[\w.*]+)?|([\d][\w.!+]*)(?:\s+[\w.*]+)?", rest)
    if (
        pin
        and (exact := pin[1] or pin[2])
        and not (rest.startswith("=") and not rest.startswith("==") and "=" not in rest[1:])
    ):
        listed.packages.append(_package(match[1], exact, where))
    elif pin:
        listed.packages.append(Package(purl=pypi(match[1]), naming="required", where=where, allows=f"=={pin[1]}.*"))
    else:
        listed.packages.append(
            Package(purl=pypi(match[1]), naming="required", where=where, allows=rest or "any version")
        )


def _package(name: str, version: str, where: str) -> Package:
    if not version:
        return Package(purl=pypi(name), naming="required", where=where, allows="any version")
    return Package(purl=pypi(name, version), naming="locked", where=where)

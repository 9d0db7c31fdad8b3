"""Bills of materials in JSON (CycloneDX, SPDX 2 and 3) -> packages by package URL.

Only names are read, a few fields of each format: no library for them is needed, and references between components,
which may form circles, are not followed.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from gnomon.audit.inventory import MAX_PACKAGES
from gnomon.core.finding import Skipped
from gnomon.core.package import Package
from gnomon.core.purl import parsed
from gnomon.io import files
from gnomon.io.requirement_lists import Listed

MAX_BYTES = 256_000_000
_LISTED = 20
"""Components without a package URL that are named; the others are counted."""


class NoBill(Exception):
    """The file is no bill of materials; the message is the reason."""


def is_bill(head: bytes) -> bool:
    """True for JSON that says near its beginning that it is one."""
    return head.lstrip()[:1] == b"{" and any(
        mark in head for mark in (b'"bomFormat"', b'"spdxVersion"', b'"SPDXRef-', b"spdx.org/rdf/3")
    )


def read_bill(path: Path, where: str) -> tuple[str, Listed]:
    """What kind of bill it is, and its packages. Raises NoBill."""
    try:
        data = files.content(str(path.resolve()), MAX_BYTES)
        document = msgspec.json.decode(data, type=dict[str, object])
    except files.Unreadable as error:
        raise NoBill(str(error)) from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NoBill(f"it is no JSON object: {error}") from None
    except RecursionError:
        raise NoBill("it is nested too deeply") from None
    if document.get("bomFormat") == "CycloneDX":
        kind, entries = f"CycloneDX {_text(document.get('specVersion'))}", _components(document)
    elif "spdxVersion" in document:
        kind, entries = _text(document.get("spdxVersion")).replace("-", " "), _spdx_packages(document)
    elif isinstance(document.get("@graph"), list):
        kind, entries = "SPDX 3", _spdx_elements(document)
    else:
        raise NoBill("it is neither CycloneDX nor SPDX")
    return kind, _taken(entries, where)


def _taken(entries: Iterator[tuple[str, str]], where: str) -> Listed:
    """Each entry is a name for people and a package URL, "" if it has none."""
    listed = Listed([], [])
    without: list[str] = []
    for name, url in entries:
        purl = parsed(url) if url else None
        if purl is None:
            without.append(name)
        elif len(listed.packages) >= MAX_PACKAGES:
            listed.skipped.append(
                Skipped(path=where, reason=f"more than {MAX_PACKAGES:,} packages; the rest was not read")
            )
            break
        else:
            allows = "" if purl.version else "any version"
            listed.packages.append(Package(purl=purl, naming="listed", where=where, allows=allows))
    if without:
        shown = ", ".join(name[:100] for name in without[:_LISTED])
        more = f" and {len(without) - _LISTED:,} more" if len(without) > _LISTED else ""
        listed.skipped.append(
            Skipped(path=where, reason=f"without a package URL, so they can't be looked up: {shown}{more}")
        )
    return listed


def _components(document: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Components that are libraries, applications or frameworks, also those inside of others."""
    waiting: list[object] = [document.get("components")]
    metadata = document.get("metadata")
    if isinstance(metadata, dict) and isinstance(metadata.get("component"), dict):
        waiting.append(metadata["component"].get("components"))
    while waiting:
        entries = waiting.pop()
        for entry in entries if isinstance(entries, list) else ():
            if not isinstance(entry, dict):
                continue
            waiting.append(entry.get("components"))
            url = _text(entry.get("purl"))
            if url or entry.get("type") in ("library", "framework", None):
                yield _text(entry.get("name")) or "a component without a name", url


def _spdx_packages(document: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    entries = document.get("packages")
    roots = document.get("documentDescribes")
    described = set(roots) if isinstance(roots, list) and all(isinstance(each, str) for each in roots) else set()
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict):
            continue
        references = entry.get("externalRefs")
        urls = [
            _text(each.get("referenceLocator"))
            for each in (references if isinstance(references, list) else ())
            if isinstance(each, dict) and each.get("referenceType") == "purl"
        ]
        if urls or entry.get("SPDXID") not in described:
            yield _text(entry.get("name")) or "a package without a name", urls[0] if urls else ""


def _spdx_elements(document: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    graph = document.get("@graph")
    for entry in graph if isinstance(graph, list) else ():
        if isinstance(entry, dict) and entry.get("type") == "software_Package":
            url = _text(entry.get("software_packageUrl"))
            identifiers = entry.get("externalIdentifier")
            for each in identifiers if isinstance(identifiers, list) else ():
                if not url and isinstance(each, dict) and each.get("externalIdentifierType") == "packageUrl":
                    url = _text(each.get("identifier"))
            yield _text(entry.get("name")) or "a package without a name", url


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

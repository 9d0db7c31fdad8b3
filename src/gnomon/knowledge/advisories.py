"""Advisory files read into checked values. The format: docs/advisories.md."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from gnomon.core.advisory import Advisories, Advisory
from gnomon.core.errors import KnowledgeError
from gnomon.core.purl import parsed as purl_of
from gnomon.knowledge.load import data_folder, digest_of, read_files
from gnomon.store import Store

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

PART = "advisories"
"""Folder of advisory files in gnomon's own data."""
_STORE = Store(name="advisories", max_bytes=2_000_000)
_REMEDY = "correct the file: the fields and what they mean are in docs/advisories.md"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def load(extra: Iterable["Path | Traversable"] = ()) -> Advisories:
    """The advisories that come with gnomon, and those of the folders `extra`. Raises KnowledgeError."""
    found = list(read_files(data_folder(), PART, prefix=""))
    for folder in extra:
        found += read_files(folder, PART, prefix=f"{folder}/")
    digest = digest_of(found)
    values = _kept(digest)
    if values is None:
        values = tuple(parsed(name, data) for name, data in found)
        _STORE.put(digest, msgspec.msgpack.encode(values))
    return Advisories(
        name="gnomon's own",
        advisories=values,
        version=f"sha256:{digest[:12]}",
        date=max((each.modified for each in values), default=""),
    )


def parsed(name: str, data: bytes) -> Advisory:
    """The advisory in a file of that name. Raises KnowledgeError naming file and field."""
    try:
        advisory = msgspec.convert(tomllib.loads(data.decode()), Advisory)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KnowledgeError(f"{name}: not TOML in UTF-8: {error}", remedy=_REMEDY) from None
    except msgspec.ValidationError as error:
        raise KnowledgeError(f"{name}: {error}", remedy=_REMEDY) from None
    for mistake in mistakes(name, advisory):
        raise KnowledgeError(f"{name}: {mistake}", remedy=_REMEDY)
    return advisory


def mistakes(name: str, advisory: Advisory) -> Iterator[str]:
    """What no advisory file may look like, one sentence each."""
    if name.rpartition("/")[2] != f"{advisory.id}.toml":
        yield f"it has the id {advisory.id}, and is not called {advisory.id}.toml"
    if not advisory.references or not all(each.startswith("https://") for each in advisory.references):
        yield "it needs a reference, and each must begin with https://"
    if not _DAY.fullmatch(advisory.modified):
        yield "modified must be a day, such as 2026-11-26"
    if advisory.verified == bool(advisory.unverified):
        yield "it is either verified or says why not (unverified)"
    if advisory.verified and not advisory.checked:
        yield "it is called verified, and no release was looked at (checked)"
    for entry in advisory.affected:
        known = purl_of(entry.purl)
        if known is None or known.version or str(known) != entry.purl:
            yield f"{entry.purl} is no package URL without a version"
        for each in entry.ranges:
            if sum((bool(each.fixed), bool(each.last), each.unfixed)) != 1:
                yield f"a range of {entry.purl} needs exactly one end: fixed, last, or unfixed = true"
    for checked in advisory.checked:
        if not _SHA256.fullmatch(checked.sha256):
            yield f"the sha256 of {checked.file} is none"


def _kept(digest: str) -> tuple[Advisory, ...] | None:
    data = _STORE.get(digest)
    if data is None:
        return None
    try:
        return msgspec.msgpack.decode(data, type=tuple[Advisory, ...])
    except msgspec.DecodeError:
        return None

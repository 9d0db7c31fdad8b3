"""Records in OSV's schema (https://ossf.github.io/osv-schema/) -> advisories; those about Python packages alone."""

from collections.abc import Iterator

import msgspec
from msgspec import Struct, field

from gnomon.core.advisory import Advisory, AffectedPackage, Range
from gnomon.core.purl import parsed, pypi

_ECOSYSTEM = "PyPI"
_LONGEST = 500
_TITLE = 160
"""Characters of a title; some records have their whole text in one line."""


class OsvPackage(Struct):
    """§affected[].package."""

    name: str = ""
    ecosystem: str = ""
    purl: str = ""


class OsvEvent(Struct):
    """§affected[].ranges[].events: one of its fields is set."""

    introduced: str = ""
    fixed: str = ""
    last_affected: str = ""
    limit: str = ""


class OsvRange(Struct):
    """§affected[].ranges."""

    type: str = ""
    events: list[OsvEvent] = field(default_factory=list)


class OsvAffected(Struct):
    """§affected."""

    package: OsvPackage = field(default_factory=OsvPackage)
    ranges: list[OsvRange] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)


class OsvReference(Struct):
    """§references."""

    url: str = ""


class OsvSpecific(Struct):
    """§database_specific, as GitHub's database fills it."""

    severity: str | None = None


class OsvRecord(Struct):
    """A record, as far as it is needed."""

    id: str
    modified: str = ""
    withdrawn: str | None = None
    aliases: list[str] = field(default_factory=list)
    summary: str | None = None
    details: str | None = None
    affected: list[OsvAffected] = field(default_factory=list)
    references: list[OsvReference] = field(default_factory=list)
    database_specific: OsvSpecific | None = None


class NoRecord(Exception):
    """The data is no record; the message is the reason."""


def record(data: bytes) -> OsvRecord:
    """The record. Raises NoRecord."""
    try:
        found = msgspec.json.decode(data, type=OsvRecord)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NoRecord(str(error)) from None
    except RecursionError:
        raise NoRecord("nested too deeply") from None
    if not found.id or len(found.id) > _LONGEST:
        raise NoRecord("it has no id")
    return found


def advisory(found: OsvRecord, source: str) -> Advisory | None:
    """What the record says about packages of the Python package index; None if it says nothing."""
    affected = tuple(_affected(found))
    if not affected:
        return None
    title = (found.summary or found.details or "").strip().splitlines()
    specific = found.database_specific
    return Advisory(
        id=found.id,
        aliases=tuple(alias for alias in found.aliases if alias != found.id),
        title=_shortened(title[0] if title else "the record has no summary"),
        summary="",
        kind="other",
        stated=(specific.severity or "")[:20] if specific is not None else "",
        affected=affected,
        verified=False,
        unverified="an imported record, as it was published",
        references=tuple(each.url for each in found.references if each.url.startswith("https://"))[:20],
        modified=found.modified[:10],
        withdrawn=(found.withdrawn or "")[:10],
        data=source,
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _TITLE else f"{text[: _TITLE - 1].rstrip()}…"


def _affected(found: OsvRecord) -> Iterator[AffectedPackage]:
    for entry in found.affected:
        if entry.package.ecosystem != _ECOSYSTEM:
            continue
        purl = parsed(entry.package.purl) if entry.package.purl else None
        package = purl.package if purl is not None and purl.type == "pypi" else pypi(entry.package.name).package
        ranges = tuple(each for part in entry.ranges if part.type in ("ECOSYSTEM", "SEMVER") for each in _ranges(part))
        yield AffectedPackage(purl=package, ranges=ranges, versions=tuple(entry.versions))


def _ranges(part: OsvRange) -> Iterator[Range]:
    """Each start with the end that follows it; events are in order of version, as the schema asks."""
    start = ""
    for event in part.events:
        if event.introduced:
            if start:
                yield Range(introduced=start, unfixed=True)
            start = event.introduced
        elif start and event.fixed:
            yield Range(introduced=start, fixed=event.fixed)
            start = ""
        elif start and event.last_affected:
            yield Range(introduced=start, last=event.last_affected)
            start = ""
    if start:
        yield Range(introduced=start, unfixed=True)

"""The folder of a survey -> what its releases say together: families.parquet, edges.parquet, ecosystem.json, a page."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from shlex import quote

import msgspec
from msgspec import Struct
from packaging.version import InvalidVersion, Version

from gnomon.core.ecosystem import Ecosystem
from gnomon.core.errors import GnomonError
from gnomon.io import durable
from gnomon.io.clone_join import Clones, clones
from gnomon.io.sorting import Sorter
from gnomon.io.survey_store import SurveyStore, opened, survey_of
from gnomon.io.survey_tables import write_tables
from gnomon.knowledge import signatures
from gnomon.render.audit_json import JsonAuditBody
from gnomon.render.document import encoded
from gnomon.render.ecosystem_json import EdgeRow, JsonEcosystem, document, edge_rows
from gnomon.render.html.ecosystem.page import ecosystem_page
from gnomon.trace.attribution import by_last_name
from gnomon.trace.ecosystem import Looked, histories, looked, members, passages
from gnomon.trace.families import Flaw, Told, is_doubtful, told, urgency
from gnomon.trace.held import Part
from gnomon.trace.strains import Release

DOCUMENT, PAGE = "ecosystem.json", "report.html"
MADE_OF_ALL = ("families.parquet", "edges.parquet", DOCUMENT, PAGE)
"""Files that tell what the releases say together."""
_WORK = ".ecosystem"
_RELEASE = "pypi:"
_AT_ONCE = 20_000
"""Flawed functions in memory at once."""
_COVERED = ("affected", "still-flawed", "by-version", "mitigated")
"""What audit calls a release that a known advisory is about."""


class _Head(Struct, frozen=True):
    """What is read of a target's document."""

    target: str
    project: str
    label: str
    date: str | None
    basis: str | None
    status: str
    audit: JsonAuditBody | None


class _Seen(Struct, frozen=True, kw_only=True):
    """The targets of a survey, in short."""

    targets: int
    looked: tuple[Looked, ...]


def ecosystem_of(out: Path) -> Ecosystem:
    """What the survey in the folder says as a whole, written beside its tables. Raises GnomonError, MissingExtra."""
    survey = survey_of(out)
    if survey is None or not (out / "functions.parquet").is_file():
        raise GnomonError(
            f"there are no tables of a survey in {out}.", remedy=f"gnomon survey LIST -o {quote(str(out))}"
        )
    joined = clones(out)
    files = len(joined.flawed) // _AT_ONCE + 1
    try:
        with opened(out, "read") as store, Sorter(out / _WORK, Flaw, lambda flaw: flaw.family, files) as flaws:
            seen = _seen(store, joined, flaws)
            families = _families(out, seen, flaws)
    except OSError as error:
        raise _unwritable(out, error) from None
    whole = _whole(joined, seen, families)
    told = document(whole, survey.tools)
    for name, data in ((DOCUMENT, encoded(told)), (PAGE, ecosystem_page(told))):
        _replace(out / name, data)
    return whole


def page_of(out: Path) -> bytes:
    """The page of the survey in the folder, from its ecosystem.json. Raises GnomonError."""
    path, anew = out / DOCUMENT, f"gnomon survey -o {quote(str(out))}"
    try:
        return ecosystem_page(msgspec.json.decode(path.read_bytes(), type=JsonEcosystem))
    except FileNotFoundError:
        raise GnomonError(f"there is no {DOCUMENT} in {out}: it is no survey, or not finished.", remedy=anew) from None
    except (OSError, msgspec.MsgspecError) as error:
        raise GnomonError(f"{path} is not what a survey writes: {error}.", remedy=anew) from None


def _replace(path: Path, data: bytes) -> None:
    """Puts the file in its place in one step. Raises GnomonError."""
    try:
        durable.replace(path, data)
    except OSError as error:
        raise _unwritable(path.parent, error) from None


def _unwritable(out: Path, error: OSError) -> GnomonError:
    return GnomonError(
        f"{out} can't be written: {(error.strerror or type(error).__name__).lower()}.",
        remedy=f"make room there, then gnomon survey -o {quote(str(out))}",
    )


def _seen(store: SurveyStore, joined: Clones, flaws: Sorter[Flaw]) -> _Seen:
    """Reads every answer once: its flawed functions go to their families, a few words of it are kept."""
    found: dict[tuple[str, str], Looked] = {}
    keys = store.answered()
    for key in keys:
        head = _head(store, key)
        if head.status == "failed":
            release = Release(project=head.project or _project_of(head.target), label=head.label)
            found[release.project, f"failed {head.target}"] = Looked(release=release, failed=True)
        elif (head.project, head.label) not in found:  # one release under two names counts once
            part = _part(store, key, head)
            for number, held in enumerate(part.held, 1):
                if held.sighting is not None:
                    flaws.put(Flaw(_family(store, joined, head.target, number), part.release, held))
            covering = _advisories(head.audit)
            is_incomplete = head.status == "incomplete"
            found[head.project, head.label] = looked(part.release, part.held, covering, incomplete=is_incomplete)
    return _Seen(targets=len(keys), looked=tuple(sorted(found.values(), key=_order)))


def _project_of(target: str) -> str:
    """The package of a release that could not be read; other targets have no other name."""
    return target.removeprefix(_RELEASE).partition("==")[0] if target.startswith(_RELEASE) else target


def _family(store: SurveyStore, joined: Clones, target: str, number: int) -> int:
    try:
        return joined.flawed[target, number]
    except KeyError:
        raise GnomonError(
            f"the tables in {store.folder} are older than its answers.",
            remedy=f"gnomon survey -o {quote(str(store.folder))}",
        ) from None


def _head(store: SurveyStore, key: str) -> _Head:
    try:
        return msgspec.json.decode(store.document(key), type=_Head)
    except msgspec.MsgspecError as error:
        path = store.documents / f"{key}.json"
        raise GnomonError(
            f"{path} is not what a survey writes: {error}.", remedy=f"rm {quote(str(path))}, and survey again"
        ) from None


def _part(store: SurveyStore, key: str, head: _Head) -> Part:
    data = store.part(key)
    if data:
        return msgspec.msgpack.decode(data, type=Part)
    release = Release(project=head.project, label=head.label, date=head.date or "", basis=head.basis or "")
    return Part(release=release, held=())


def _advisories(audit: JsonAuditBody | None) -> Iterator[str]:
    return (each.advisory for each in (audit.verdicts if audit else ()) if each.status in _COVERED)


def _order(each: Looked) -> tuple[str, bool, Version, str]:
    """By project and version, as the index has them; other labels first."""
    version, is_version = Version("0"), False
    with suppress(InvalidVersion):
        version, is_version = Version(each.release.label), True
    return each.release.project, is_version, version, each.release.label


def _families(out: Path, seen: _Seen, flaws: Sorter[Flaw]) -> list[Told]:
    """What each family says; all edges go to a table."""
    releases: dict[str, list[Release]] = {}
    for each in seen.looked:
        if not each.failed:
            releases.setdefault(each.release.project, []).append(each.release)
    known = signatures.load().signatures()
    called = by_last_name(releases, {each.origin.project: each.origin.repository for each in known})
    families: list[Told] = []

    def rows() -> Iterator[tuple[str, EdgeRow]]:
        for group in flaws.groups():
            family = told(group, releases, known, called)
            families.append(family)
            yield from (("edges", row) for row in edge_rows(family.family.id, family.nodes, family.edges))

    write_tables(out, {"edges": EdgeRow}, rows())
    return families


def _whole(joined: Clones, seen: _Seen, families: Sequence[Told]) -> Ecosystem:
    between = passages(families)
    packages = histories(seen.looked, between)
    nodes = [node for family in families for node in family.nodes]
    return Ecosystem(
        targets=seen.targets,
        failed=sum(each.failed for each in seen.looked),
        joined=joined.joined,
        packages=packages,
        standing=tuple(sorted((each for family in families for each in family.standing), key=urgency)),
        members=members(between, packages, nodes),
        passages=between,
        doubtful=sum(is_doubtful(edge) for family in families for edge in family.edges),
        families=tuple(
            sorted((each.family for each in families), key=lambda each: (-each.projects, -each.places, each.id))
        ),
    )

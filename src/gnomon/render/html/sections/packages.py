"""What is installed, locked or listed, and which of it has a known flaw: the answers of audit."""

from collections.abc import Iterator, Sequence

from gnomon.core.audit import FINDINGS
from gnomon.render.audit_json import JsonAudit, JsonPackage, JsonSight, JsonVerdict
from gnomon.render.html.contents import Contents, Section
from gnomon.render.html.elements import Child, Element, el
from gnomon.render.html.tables import further, state, table
from gnomon.render.html.words import advisory, code, named, place, said, severity, short
from gnomon.render.page import counted
from gnomon.render.tone import Tone

_MOST_ROWS, _MOST_SIGHTS = 200, 4
_TONES: dict[str, Tone] = {
    "affected": "flawed",
    "still-flawed": "flawed",
    "copied": "flawed",
    "by-version": "eased",
    "mitigated": "eased",
    "code-absent": "safe",
    "clear": "safe",
}
_GOOD = ("code-absent", "clear")


def section(contents: Contents) -> Section | None:
    """A part for each audit; None if there is none."""
    if not contents.audits:
        return None
    found = sum(verdict.status in FINDINGS for audit in contents.audits for verdict in audit.verdicts)
    parts = [part for audit in contents.audits for part in _audit(audit, several=len(contents.audits) > 1)]
    return Section(id="packages", title="Packages", count=f"{found:,}", body=el("div", None, *parts))


def _audit(audit: JsonAudit, *, several: bool) -> Iterator[Child]:
    if several:
        yield el("h3", {"class": "part"}, named(audit.target))
    yield el("p", None, _standing(audit))
    for source in audit.sources:
        if source.stale:
            yield el("p", {"class": "notice"}, el("b", None, "Too old: "), *said(f"{source.name}: {source.stale}"))
    listed = [each for each in audit.verdicts if each.status not in _GOOD]
    good = [each for each in audit.verdicts if each.status in _GOOD]
    if listed:
        yield _table(audit, listed)
    if good:
        heading = f"{counted(len(good), 'flaw')} that {'does' if len(good) == 1 else 'do'} not concern what is there"
        yield el("details", None, el("summary", None, heading), _table(audit, good))
    asked = ", ".join(_source(source.name, source.records, source.date) for source in audit.sources)
    yield el("p", {"class": "aside"}, *said(f"Compared with {asked}." if asked else "Compared with no advisories."))


def _table(audit: JsonAudit, verdicts: Sequence[JsonVerdict]) -> Element:
    packages = {(each.purl, each.where): each for each in audit.packages}
    rows = [_verdict(each, packages.get((each.package, each.where))) for each in verdicts[:_MOST_ROWS]]
    more = further(len(verdicts) - _MOST_ROWS, "verdict")
    return table(("Status", "Package", "Flaw", "Why", "What to do"), rows, more)


def _standing(audit: JsonAudit) -> str:
    found = {verdict.package for verdict in audit.verdicts if verdict.status in FINDINGS}
    packages = counted(audit.summary.packages, "package")
    of = f"{packages} of {named(audit.target)} ({short(audit.kind, 60)})"
    if not found:
        return f"{of}: none is known to have a flaw."
    return f"{of}: {len(found):,} of them {'has' if len(found) == 1 else 'have'} a known flaw."


def _source(name: str, records: int, date: str | None) -> str:
    return f"{name} ({counted(records, 'record')}{f', of {date}' if date else ''})"


def _verdict(verdict: JsonVerdict, package: JsonPackage | None) -> Element:
    names = [verdict.advisory, *verdict.aliases][:3]
    return el(
        "tr",
        None,
        el(
            "td",
            None,
            state(_TONES.get(verdict.status, "unknown"), verdict.status),
            el("small", None, severity(verdict.severity)) if verdict.status not in _GOOD else None,
        ),
        el("th", {"scope": "row"}, *_package(verdict, package)),
        el("td", None, *said(verdict.title, 160), el("small", None, *_linked(names))),
        el("td", None, *said(verdict.reason), *_sights(verdict.sights)),
        el("td", None, *_remedy(verdict)),
    )


def _package(verdict: JsonVerdict, package: JsonPackage | None) -> Iterator[Child]:
    if package is None:
        yield code(verdict.package)
        return
    version = package.version or package.allows or ""
    yield el("b", None, short(f"{package.name} {version}".strip(), 100))
    yield el("small", None, short(package.naming, 20), ", ", code(package.where))


def _linked(names: Sequence[str]) -> Iterator[Child]:
    for number, name in enumerate(names):
        if number:
            yield ", "
        yield advisory(name)


def _sights(sights: Sequence[JsonSight]) -> Iterator[Child]:
    for sight in sights[:_MOST_SIGHTS]:
        yield el("small", None, place(sight.path, sight.line) or "", " ", code(sight.what))
    if len(sights) > _MOST_SIGHTS:
        yield el("small", None, f"and {counted(len(sights) - _MOST_SIGHTS, 'place')} more")


def _remedy(verdict: JsonVerdict) -> Iterator[Child]:
    remedy = verdict.remedy
    if remedy is None:
        return
    if remedy.version:
        yield el("b", None, short(remedy.version, 40))
        yield el("small", None, *said(remedy.note))
    else:
        yield from said(remedy.note)

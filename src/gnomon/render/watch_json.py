r"""What `gnomon watch` has to tell as JSON, a contract that other programs build on: schema 1, versioned by itself.

The structs below *are* the format: a field may be added to them within schema 1, none is renamed, retyped or removed.
Text is exact, but for lone surrogates (bytes of a file name that are no text): these appear as `\udcff`.
"""

import hashlib

from msgspec import Struct

from gnomon.core.watch import BAD, Change, Compared, Flaw, News, Watched, WatchReport
from gnomon.render.document import encoded
from gnomon.render.outcome import Document
from gnomon.render.watch_outcome import WatchOutcome


class JsonTool(Struct, frozen=True, kw_only=True):
    """What made the report."""

    name: str
    version: str


class JsonFlaw(Struct, frozen=True, kw_only=True):
    """An unsafe load in one release."""

    rule: str | None
    """null for a copy of flawed code in which scan finds nothing by itself."""
    severity: str
    path: str
    """Without the folder that a source release lies in."""
    line: int
    qualname: str
    sink: str | None
    reach: str
    authentication: str
    effective: bool
    transport: str
    address: str
    message: str
    fingerprint: str | None
    state: str | None
    """What `gnomon trace` says of it."""
    signature: str | None
    advisories: tuple[str, ...]


class JsonChange(Struct, frozen=True, kw_only=True):
    """What has become of one flaw."""

    id: str
    """32 hexadecimal digits, the same whenever this change is told."""
    kind: str
    """`new`, `reintroduced`, `worse`, `better`, `fixed` or `unseen`."""
    how: str | None
    """`removed`, `authenticated`, `repaired`, `narrowed`, `gated`, `moved`, `widened` or `opened`."""
    sure: bool
    """false if it may be no more than how far the code could be followed."""
    note: str
    flaw: JsonFlaw
    """As it is now; if it is gone, as it was."""
    before: JsonFlaw | None
    since: str | None
    """The last release that had it."""


class JsonAdvised(Struct, frozen=True, kw_only=True):
    """An advisory of which another thing is true than of the release before; statuses are those of `gnomon audit`."""

    advisory: str
    before: str | None
    now: str | None


class JsonRelease(Struct, frozen=True, kw_only=True):
    """What is told of one release."""

    release: str
    date: str | None
    """ISO 8601 day."""
    status: str
    """`compared`, `baseline` (looked at so that others can be held against it) or `failed`."""
    against: str | None
    """The release that it is held against."""
    complete: bool
    """false if something of it could not be looked at."""
    problem: str | None
    changes: tuple[JsonChange, ...]
    """The worst first."""
    advisories: tuple[JsonAdvised, ...]
    unchanged: int
    """Open flaws that are as they were."""
    open: tuple[JsonFlaw, ...]
    """All open flaws of it, the worst first."""


class JsonWithdrawn(Struct, frozen=True, kw_only=True):
    """A release that its makers have taken back."""

    release: str
    why: str | None


class JsonWatched(Struct, frozen=True, kw_only=True):
    """What is told of one package."""

    package: str
    first_time: bool
    problem: str | None
    """Why it can't be told whether there is anything new."""
    newest: str | None
    """The newest release that was looked at."""
    open: int | None
    """Open flaws of that release."""
    releases: tuple[JsonRelease, ...]
    """Only those of which there is something to tell, the lowest version first."""
    withdrawn: tuple[JsonWithdrawn, ...]


class JsonWatchSummary(Struct, frozen=True, kw_only=True):
    """The report in numbers."""

    packages: int
    quiet: int
    """Packages of which there is nothing to tell."""
    changes: dict[str, int]
    """Every kind, the worst first, with its number of changes."""
    bad: bool
    """true if a flaw is new or back, or has surely become worse."""
    complete: bool


class JsonWatch(Struct, frozen=True, kw_only=True):
    """The document."""

    schema: int
    tool: JsonTool
    report: int
    """Counts the reports of one state folder: the same number is the same report, told again."""
    delayed: bool
    """true if some of it was found by an earlier run, which ended before it had told it."""
    summary: JsonWatchSummary
    packages: tuple[JsonWatched, ...]
    """In the order of the list."""


def write(outcome: WatchOutcome) -> Document:
    """All of it in one object, harmless to print; the same bytes for the same report, however long it took."""
    report = outcome.report
    return Document(
        data=encoded(
            JsonWatch(
                schema=1,
                tool=JsonTool(name="gnomon", version=outcome.tool_version),
                report=report.number,
                delayed=report.delayed,
                summary=_summary(report),
                packages=tuple(map(_watched, report.packages)),
            )
        )
    )


def _summary(report: WatchReport) -> JsonWatchSummary:
    news = [each.compared for package in report.packages for each in package.news if each.compared is not None]
    kinds = [change.kind for compared in news for change in compared.changes]
    return JsonWatchSummary(
        packages=len(report.packages),
        quiet=sum(each.is_quiet for each in report.packages),
        changes={kind: kinds.count(kind) for kind in (*BAD, "unseen", "better", "fixed")},
        bad=any(each.is_bad for each in report.packages),
        complete=not any(each.is_incomplete for each in report.packages),
    )


def _watched(package: Watched) -> JsonWatched:
    return JsonWatched(
        package=package.name,
        first_time=package.begun,
        problem=package.problem or None,
        newest=package.newest or None,
        open=package.open,
        releases=tuple(_release(package.name, each) for each in package.news),
        withdrawn=tuple(JsonWithdrawn(release=each.label, why=each.why or None) for each in package.withdrawn),
    )


def _release(name: str, news: News) -> JsonRelease:
    compared = news.compared or Compared(label=news.label)
    status = "failed" if news.compared is None else "baseline" if news.baseline else "compared"
    return JsonRelease(
        release=news.label,
        date=news.date or None,
        status=status,
        against=compared.against or None,
        complete=not news.problem,
        problem=news.problem or None,
        changes=tuple(_change(name, news.label, change) for change in compared.changes),
        advisories=tuple(
            JsonAdvised(advisory=each.advisory, before=each.before or None, now=each.now or None)
            for each in compared.advised
        ),
        unchanged=compared.unchanged,
        open=tuple(map(_flaw, compared.standing)),
    )


def _change(name: str, label: str, change: Change) -> JsonChange:
    flaw = change.flaw
    parts = (name, label, change.kind, flaw.rule, flaw.path, flaw.qualname, str(flaw.line), flaw.fingerprint)
    return JsonChange(
        id=hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32],
        kind=change.kind,
        how=change.how or None,
        sure=change.sure,
        note=change.note,
        flaw=_flaw(flaw),
        before=_flaw(change.before) if change.before is not None else None,
        since=change.since or None,
    )


def _flaw(flaw: Flaw) -> JsonFlaw:
    return JsonFlaw(
        rule=flaw.rule or None,
        severity=flaw.severity,
        path=flaw.path,
        line=flaw.line,
        qualname=flaw.qualname,
        sink=flaw.sink or None,
        reach=flaw.reach,
        authentication=flaw.authentication,
        effective=flaw.effective,
        transport=flaw.transport,
        address=flaw.address,
        message=flaw.message,
        fingerprint=flaw.fingerprint or None,
        state=flaw.state or None,
        signature=flaw.signature or None,
        advisories=flaw.advisories,
    )

"""Which findings a marker in the code or an entry of the configuration suppresses, and what is wrong with those."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from msgspec import Struct

from gnomon.core.configuration import SuppressEntry
from gnomon.core.finding import Finding, Remark, Suppressed
from gnomon.core.glob import matches
from gnomon.core.marker import EXAMPLE, Foreign, Malformed, Marker

_NAMED = 5
"""Places told of what is only counted."""


class Placed(Struct, frozen=True, kw_only=True):
    """A marker in a file, and the lines of the statement that it speaks of."""

    path: str
    line: int
    """Where the marker itself stands."""
    first: int
    last: int
    marker: Marker | Malformed | Foreign

    def covers(self, finding: Finding) -> bool:
        """True if the finding's call begins on one of the lines."""
        return self.path == finding.site.path and self.first <= finding.site.line <= self.last


class Entries:
    """The configuration's entries, and which of them any target of the run had use for."""

    def __init__(self, entries: Sequence[SuppressEntry], *, origin: str, today: date) -> None:
        self.origin = origin
        """The file they stand in, as it is shown."""
        self._live = tuple(entry for entry in entries if not _is_over(entry.until, today))
        self._over = tuple(entry for entry in entries if _is_over(entry.until, today))
        self._used: set[SuppressEntry] = set()
        self._met: set[SuppressEntry] = set()

    def meet(self, paths: Iterable[str]) -> None:
        """Note which entries speak of files that were looked at: of others, nothing is known."""
        waiting = {entry for entry in self._live if entry not in self._met}
        for path in paths if waiting else ():
            self._met |= {entry for entry in waiting if matches(entry.path, path)}
            waiting -= self._met

    def takes(self, finding: Finding, path: str) -> Suppressed | None:
        """The finding, suppressed, if an entry takes it; `path` is its file as the configuration sees it."""
        for entry in self._live:
            if (
                entry.rule == finding.rule
                and entry.fingerprint in ("", finding.fingerprint)
                and matches(entry.path, path)
            ):
                self._used.add(entry)
                reason = f"{entry.reason} ({self.origin}{_until(entry.until)})"
                return Suppressed(finding=finding, reason=reason, by="configuration")
        return None

    def remarks(self) -> Iterator[Remark]:
        """Entries that are over, and those that nothing answered to although their files were looked at."""
        for entry in self._over:
            note = f"suppress of {entry.rule} in {entry.path} expired on {entry.until}: renew it or remove it"
            yield Remark(path=self.origin, note=note)
        for entry in self._live:
            if entry in self._met and entry not in self._used:
                note = f"suppress of {entry.rule} in {entry.path} suppresses nothing any more: remove it"
                yield Remark(path=self.origin, note=note)


class Suppressions:
    """What suppresses findings of one target; each is asked about, shown or hidden, before the remarks are made."""

    def __init__(
        self,
        placed: Iterable[Placed],
        *,
        rules: Collection[str],
        today: date,
        own: bool,
        foreign: bool,
        entries: Entries,
        prefix: str = "",
    ) -> None:
        """`own` and `foreign` say whose markers are honoured; `prefix` goes before paths for the entries."""
        self._rules = rules
        self._today = today
        self._entries = entries
        self._prefix = prefix
        self._markers: dict[str, list[Placed]] = {}
        self._unheard: dict[str, list[Placed]] = {}
        for mark in placed:
            heard = foreign if isinstance(mark.marker, Foreign) else own
            (self._markers if heard else self._unheard).setdefault(mark.path, []).append(mark)
        self._used: set[tuple[Placed, str]] = set()

    def takes(self, finding: Finding) -> Suppressed | None:
        """The finding with the reason, if anything suppresses it. Every marker that does counts as used."""
        reasons = [
            reason
            for mark in self._markers.get(finding.site.path, ())
            if mark.covers(finding) and (reason := self._reason(mark, finding.rule))
        ]
        if reasons:
            return Suppressed(finding=finding, reason=reasons[0], by="marker")
        return self._entries.takes(finding, self._prefix + finding.site.path)

    def split(self, findings: Iterable[Finding]) -> tuple[tuple[Finding, ...], tuple[Suppressed, ...]]:
        """The findings that stay, and those that are suppressed, each in order."""
        taken = [(finding, self.takes(finding)) for finding in findings]
        return (
            tuple(finding for finding, suppressed in taken if suppressed is None),
            tuple(suppressed for _, suppressed in taken if suppressed is not None),
        )

    def remarks(self, shown: Iterable[Finding], incomplete: Collection[str]) -> Iterator[Remark]:
        """How many markers were not honoured on `shown` findings, then what is wrong with those that are.

        Of files that are `incomplete`, no marker is called stale.
        """
        unheard = {
            (mark.path, mark.line)
            for finding in shown
            for mark in self._unheard.get(finding.site.path, ())
            if mark.covers(finding) and not isinstance(mark.marker, Malformed)
        }
        if unheard:
            yield Remark(note=_not_honoured(sorted(unheard)))
        for path, marks in sorted(self._markers.items()):
            for mark in marks:
                note = self._complaint(mark, stale=path not in incomplete)
                if note:
                    yield Remark(path=path, line=mark.line, note=note)

    def _reason(self, mark: Placed, rule: str) -> str:
        """Why the marker suppresses findings of the rule; "" if it does not."""
        match mark.marker:
            case Foreign(text=text):
                return f"`{text}` at {mark.path}:{mark.line}"
            case Marker(rules=rules, reason=reason, until=until) if rule in rules and self._is_valid(mark.marker):
                self._used.add((mark, rule))
                return f"{reason} (marker at {mark.path}:{mark.line}{_until(until)})"
        return ""

    def _is_valid(self, marker: Marker) -> bool:
        return all(name in self._rules for name in marker.rules) and not _is_over(marker.until, self._today)

    def _complaint(self, mark: Placed, *, stale: bool) -> str:
        match mark.marker:
            case Malformed(problem=problem):
                return f"this marker suppresses nothing, since {problem}; write `{EXAMPLE}`"
            case Marker(rules=rules, until=until):
                unknown = [name for name in rules if name not in self._rules]
                if unknown:
                    return (
                        f"this marker suppresses nothing, since there is no rule {', '.join(unknown)}; "
                        f"write one of {', '.join(sorted(self._rules))}"
                    )
                if _is_over(until, self._today):
                    return f"this marker expired on {until} and suppresses nothing any more: renew it or remove it"
                idle = [name for name in rules if (mark, name) not in self._used]
                if idle and stale:
                    return f"ignore[{', '.join(idle)}] suppresses nothing any more: remove it"
        return ""


def _not_honoured(places: Sequence[tuple[str, int]]) -> str:
    named = ", ".join(f"{path}:{line}" for path, line in places[:_NAMED])
    more = f" and {len(places) - _NAMED:,} more" if len(places) > _NAMED else ""
    markers = "1 marker" if len(places) == 1 else f"{len(places):,} markers"
    return f"{markers} not honoured, at {named}{more}; --trust-config honours them"


def _is_over(until: date | None, today: date) -> bool:
    return until is not None and today > until


def _until(until: date | None) -> str:
    return f", until {until}" if until else ""

"""What a writer of `gnomon watch` is given, and the words that several writers use."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from gnomon.core.watch import Advised, Change, Compared, Flaw, How, Kind, News, Watched, WatchReport
from gnomon.render.audit_outcome import WORDS
from gnomon.render.page import Style, counted

KINDS: dict[Kind, str] = {
    "reintroduced": "back",
    "new": "new",
    "worse": "worse",
    "unseen": "no longer seen",
    "better": "better but not fixed",
    "fixed": "fixed",
}
"""What each kind of change is called, the worst first."""
HOWS: dict[How, str] = {
    "": "",
    "removed": "the load is gone",
    "authenticated": "authenticated",
    "repaired": "repaired",
    "narrowed": "fewer can reach it",
    "gated": "behind a flag",
    "moved": "perhaps elsewhere",
    "widened": "more can reach it",
    "opened": "what kept it shut is gone",
}


class WatchOutcome(Struct, frozen=True, kw_only=True):
    """Everything that one run of `gnomon watch` has to tell."""

    report: WatchReport
    elapsed_s: float
    tool_version: str
    style: Style = Style()


def counts(changes: Iterable[Change]) -> str:
    """`1 new, 2 fixed`; "" if there are none."""
    found = Counter(change.kind for change in changes)
    return ", ".join(f"{found[kind]:,} {words}" for kind, words in KINDS.items() if found[kind])


def heading(news: News) -> str:
    """What of a release is told in one line, after its name."""
    compared = news.compared
    if compared is None:
        return "could not be looked at"
    stand = counted(len(compared.standing), "open flaw")
    if not compared.against:
        severities = f": {worst(compared)}" if compared.standing else ""
        return f"with no release before it to hold it against: {stand}{severities}"
    against = f"against {compared.against}: "
    if compared.changes:
        return f"{against}{counts(compared.changes)}; {compared.unchanged:,} as before"
    return f"{against}nothing has changed; {stand}"


def said(change: Change) -> str:
    """Kind, how sure, and how: `fixed (the load is gone)`."""
    sure = "" if change.sure else "perhaps "
    how = f" ({HOWS[change.how]})" if change.how else ""
    return f"{sure}{KINDS[change.kind]}{how}"


def why(change: Change) -> str:
    """Why it is said; of a new one what it is."""
    notes = [change.note, change.flaw.message if change.kind in ("new", "reintroduced") else ""]
    return "; ".join(filter(None, notes))


def what(flaw: Flaw) -> str:
    """`pickle.loads() in Queue.take`."""
    call = f"{flaw.sink}()" if flaw.sink else "flawed code"
    return f"{call} in {flaw.qualname}" if flaw.qualname else call


def advised(each: Advised) -> str:
    """`CVE-2025-32444: before affected, and the flawed code is there; now not affected`."""
    return f"{each.advisory}: before {_status(each.before)}; now {_status(each.now)}"


def _status(name: str) -> str:
    return next((words for status, words in WORDS.items() if status == name), name or "nothing known")


def beginning(package: Watched) -> str:
    """`begun with 0.8.3, 0.8.4, of which nothing is news; 0.8.4 has 18 open flaws: 2 critical, 16 high`."""
    looked = [news for news in package.news if news.baseline and news.compared is not None]
    if not looked:
        return "begun, with no release to look at"
    last = looked[-1]
    found = counted(len(last.compared.standing), "open flaw") if last.compared else ""
    severities = f": {worst(last.compared)}" if last.compared and last.compared.standing else ""
    names = ", ".join(news.label for news in looked)
    return f"begun with {names}, of which nothing is news; {last.label} has {found}{severities}"


def worst(compared: Compared) -> str:
    """The severities of what stands: `1 critical, 3 high`."""
    found = Counter(flaw.severity for flaw in compared.standing)
    return ", ".join(f"{number:,} {severity}" for severity, number in found.items())


def summary(packages: Iterable[Watched]) -> str:
    """`1 new, 2 fixed in 1,000 packages: 997 with nothing new, 1 not or not wholly known`."""
    watched = list(packages)
    changed = counts(
        change for each in watched for news in each.news if news.compared for change in news.compared.changes
    )
    number = f"{f'{changed} in ' if changed else ''}{counted(len(watched), 'package')}"
    quiet = sum(each.is_quiet for each in watched)
    unknown = sum(each.is_incomplete for each in watched)
    begun = sum(each.begun for each in watched)
    parts = [f"{quiet:,} with nothing new"] if quiet else []
    parts += [f"{begun:,} begun"] if begun else []
    parts += [f"{unknown:,} not or not wholly known"] if unknown else []
    return f"{number}: {', '.join(parts)}" if parts else number

"""One look at the packages of a list: ask what is offered, have examined what is new, say what has changed.

However a run ends, no change is swallowed: 1. Answers are kept release by release. 2. That a change is told, and the
report that tells it, are written in one step. 3. The report is printed. 4. That it was printed is written. A run that
finds a report that was not tells it first.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from shlex import quote

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from gnomon.cli.flaws import examined
from gnomon.cli.surveying import examine_all, pace_of
from gnomon.cli.watch_plan import Choice, Plan, planned
from gnomon.core.crew import Crew
from gnomon.core.errors import GnomonError
from gnomon.core.pace import Pace
from gnomon.core.survey import Instructions
from gnomon.core.watch import Compared, News, Watched, WatchReport
from gnomon.io import watch_state
from gnomon.io.listing import Listing, listings
from gnomon.io.package_list import Watchword
from gnomon.io.pypi import settings_here
from gnomon.io.survey_store import SurveyStore, key_of
from gnomon.io.target_list import Wanted
from gnomon.io.watch_state import Memory, State
from gnomon.render.survey_json import JsonSurveyed
from gnomon.trace.changes import Examined, compared

_PATIENCE_S = 4.0
"""For an index that is busy, for each page: a watch comes again."""
_NAMED = 3
"""Files that are named of those that could not be read."""


class Watch(Struct, frozen=True, kw_only=True):
    """How to look."""

    choice: Choice
    crew: Crew
    instructions: Instructions
    """For each of several targets."""
    workers: int
    show: Callable[[Pace], AbstractContextManager[None]]
    """Tells a person how far it is, until the block ends."""
    asking: Callable[[], AbstractContextManager[None]]


def look(words: Sequence[Watchword], store: SurveyStore, state: State, watch: Watch) -> State:
    """The state after the look, with the report that is to be told. Raises GnomonError if it can't be kept."""
    known = watch_state.load_pages(store.folder)
    with watch.asking():
        found = list(listings([word.name for word in words], settings_here(), known, _PATIENCE_S))
    watch_state.save_pages(store.folder, known | {place: page for each in found for place, page in each.pages.items()})
    plans = [
        _planned(word, listing, state.packages.get(word.name), store, watch)
        for word, listing in zip(words, found, strict=True)
    ]
    _examine([target for plan in plans for target in _targets(plan, store)], store, watch)
    packages = dict(state.packages)
    told: list[Watched] = []
    for plan, listing in zip(plans, found, strict=True):
        watched, memory = _told(plan, listing, packages.get(plan.name), store)
        told.append(watched)
        if memory is not None:
            packages[plan.name] = memory
    report = _with_untold(WatchReport(number=state.report + 1, packages=tuple(told)), state.untold)
    return replace(state, report=report.number, packages=packages, untold=report)


def target_of(name: str, version: str) -> str:
    """As a list of targets has it."""
    return f"pypi:{name}=={version}"


def _planned(word: Watchword, listing: Listing, memory: Memory | None, store: SurveyStore, watch: Watch) -> Plan:
    if memory is None and listing.silent:
        # What the silent index has would be taken for news once it answers.
        return Plan(name=word.name, begins=True)
    return planned(word, listing, memory, _examined(store, listing), watch.choice)


def _examined(store: SurveyStore, listing: Listing) -> frozenset[str]:
    """Of what is offered that of which there is an answer which no further attempt would change."""
    versions = (offer.version for offer in listing.offers)
    return frozenset(each for each in versions if _is_settled(store, target_of(listing.name, each)))


def _is_settled(store: SurveyStore, target: str) -> bool:
    return store.done(target) and not (store.failed(target) and _document(store, target).passing)


def _targets(plan: Plan, store: SurveyStore) -> Iterator[str]:
    """What there is to examine for a plan: news may have been examined by a run that ended before it told them."""
    for version in plan.wanted:
        target = target_of(plan.name, version)
        if not _is_settled(store, target):
            yield target


def _examine(targets: Sequence[str], store: SurveyStore, watch: Watch) -> None:
    left = [Wanted(target=target) for target in targets]
    if left:
        pace = pace_of(left)
        asked = replace(watch.instructions, workers=watch.workers) if len(left) == 1 else watch.instructions
        with watch.show(pace):
            examine_all(store, watch.crew, asked, left, pace)


def _document(store: SurveyStore, target: str) -> JsonSurveyed:
    try:
        return msgspec.json.decode(store.document(key_of(target)), type=JsonSurveyed)
    except msgspec.MsgspecError as error:
        raise _unreadable(store, target, error) from None


def _release(store: SurveyStore, target: str) -> Examined:
    try:
        return examined(_document(store, target), store.part(key_of(target)))
    except msgspec.MsgspecError as error:
        raise _unreadable(store, target, error) from None


def _unreadable(store: SurveyStore, target: str, error: msgspec.MsgspecError) -> GnomonError:
    path = store.documents / f"{key_of(target)}.json"
    return GnomonError(
        f"{path}, or what belongs to it in {store.parts}, is not what a survey writes: {error}.",
        remedy=f"rm {quote(str(path))}, and watch again",
    )


def _told(plan: Plan, listing: Listing, memory: Memory | None, store: SurveyStore) -> tuple[Watched, Memory | None]:
    """What is told of a package, and what is to be remembered; None if that is nothing yet."""
    watched = Watched(
        name=plan.name,
        problem=_silence(listing, plan),
        newest=memory.newest if memory else "",
        open=memory.open if memory else None,
        withdrawn=plan.withdrawn,
    )
    if memory is None and not plan.offered:
        return watched, None
    if not plan.wanted:
        watched = replace(watched, begun=plan.begins)
        return watched, _remembered(plan, memory, watched, ())
    documents = {version: _document(store, target_of(plan.name, version)) for version in plan.wanted}
    past = _past(plan, listing, memory, store)
    shown = plan.wanted if plan.begins else plan.news
    news = tuple(_news(version, documents[version], past, baseline=plan.begins) for version in shown)
    waiting = [version for version in plan.wanted if documents[version].passing]
    if plan.begins and len(waiting) == len(plan.wanted):
        return replace(watched, news=news), None
    newest = max(past, key=Version, default="")
    watched = replace(
        watched,
        begun=plan.begins,
        news=news,
        problem=watched.problem or _missing(plan, documents),
        newest=newest,
        open=len(past[newest].standing) if newest else None,
    )
    settled = () if plan.begins else tuple(version for version in plan.news if version not in waiting)
    return watched, _remembered(plan, memory, watched, settled)


def _silence(listing: Listing, plan: Plan) -> str:
    if listing.silent:
        return f"a package index did not answer, so that there may be more: {'; '.join(listing.silent)}"
    if not listing.offers:
        return "no package index has it: check the spelling, and `pip config list`"
    if plan.begins and not plan.offered:
        return "all of its releases are withdrawn"
    return ""


def _missing(plan: Plan, documents: Mapping[str, JsonSurveyed]) -> str:
    """What of the releases that others are held against could not be had."""
    failed = [version for version in plan.bases if documents[version].status == "failed" and not plan.begins]
    if not failed:
        return ""
    why = documents[failed[0]].problem or "it could not be read"
    return f"{failed[0]}, which the next is to be held against, could not be looked at: {why}"


def _past(plan: Plan, listing: Listing, memory: Memory | None, store: SurveyStore) -> dict[str, Compared]:
    """Every release that was looked at, held against those before it."""
    days = {offer.version: offer.uploaded for offer in listing.offers}
    releases = []
    for version in sorted({*days, *plan.wanted, *(memory.settled if memory else ())}, key=Version):
        target = target_of(plan.name, version)
        if store.done(target) and not store.failed(target):
            release = _release(store, target)
            releases.append(replace(release, label=version, date=days.get(version, "") or release.date))
    return {each.label: each for each in compared(releases)}


def _news(version: str, document: JsonSurveyed, past: Mapping[str, Compared], *, baseline: bool) -> News:
    found = past.get(version)
    return News(
        label=version,
        date=found.date if found is not None else "",
        problem=_problem(document),
        compared=replace(found, changes=(), advised=()) if found is not None and baseline else found,
        baseline=baseline and found is not None,
    )


def _problem(document: JsonSurveyed) -> str:
    """Why a release could not be looked at, or what of it not."""
    if document.status == "failed" or document.problem:
        return document.problem or "it could not be read"
    parts = (document.scan, document.trace, document.audit)
    skipped = sorted({(each.path, each.reason) for part in parts if part is not None for each in part.skipped})
    if not skipped:
        return ""
    named = "; ".join(f"{path}: {reason}" for path, reason in skipped[:_NAMED])
    more = f" and {len(skipped) - _NAMED:,} more" if len(skipped) > _NAMED else ""
    return f"not read whole: {named}{more}"


def _remembered(plan: Plan, memory: Memory | None, watched: Watched, settled: Sequence[str]) -> Memory:
    before = memory or Memory(settled=())
    versions = {*before.settled, *plan.offered, *settled}
    withdrawn = {*before.withdrawn, *(each.label for each in plan.withdrawn), *plan.past_withdrawn}
    return Memory(
        settled=tuple(sorted(versions, key=Version)),
        withdrawn=tuple(sorted(withdrawn, key=Version)),
        newest=watched.newest,
        open=watched.open,
    )


def _with_untold(report: WatchReport, untold: WatchReport | None) -> WatchReport:
    """The report, after what an earlier one had to tell that was not told."""
    if untold is None or not any(each.begun or each.news or each.withdrawn for each in untold.packages):
        return report
    earlier = {each.name: each for each in untold.packages}
    packages = [_joined(earlier.pop(each.name, None), each) for each in report.packages]
    kept = (replace(each, problem="") for each in earlier.values())
    return replace(report, packages=(*packages, *(each for each in kept if not each.is_quiet)), delayed=True)


def _joined(earlier: Watched | None, now: Watched) -> Watched:
    if earlier is None:
        return now
    again = {each.label for each in now.news}
    return replace(
        now,
        begun=earlier.begun or now.begun,
        news=(*(each for each in earlier.news if each.label not in again), *now.news),
        withdrawn=(*earlier.withdrawn, *now.withdrawn),
    )

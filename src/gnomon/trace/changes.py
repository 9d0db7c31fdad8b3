"""One project's releases in the order of their versions -> what has changed in each, flaw by flaw.

A flaw is followed through releases as code is: renamed files, moved functions and a load that went one function deeper
are the same flaw, not one that was fixed and one that is new.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.severity import Severity
from gnomon.core.watch import BAD, Advised, Change, Compared, Flaw, Kind
from gnomon.trace.following import Seen, followed, is_deeper
from gnomon.trace.held import Held
from gnomon.trace.strains import SAME, similarity
from gnomon.trace.units import Load

_WORST_FIRST = [*Severity]
_KINDS: tuple[Kind, ...] = (*BAD, "unseen", "better", "fixed")
_SAFE = ("fixed", "fixed-at-copy", "removed")

_SETTINGS = frozenset(
    {"allow", "allowed", "insecure", "unsafe", "trust", "trusted", "enable", "enabled", "disable", "disabled", "legacy"}
)
"""Words of a condition that make it a setting. Not `pickle`: it may as well be the kind of a message."""


class Examined(Struct, frozen=True, kw_only=True):
    """A release that was looked at."""

    label: str
    date: str = ""
    whole: bool = True
    """False if something in it could not be read: what it does not show may be there all the same."""
    seen: tuple[Seen, ...] = ()
    held: tuple[Held, ...] = ()
    """Every function of it with a load, flawed or not."""
    advised: Mapping[str, str] = {}
    """Advisory -> what it says of the release, as `core/audit.py` calls it."""


class _Thread(Struct):
    """A flaw through the releases so far."""

    last: Seen
    since: str
    """Label of the last release that shows it."""
    open: bool
    """False once it is fixed, and as long as it is authenticated."""
    was_open: bool
    missed: bool = False
    """True if the release before did not show it, though it may have it."""


def compared(releases: Sequence[Examined]) -> list[Compared]:
    """Each release, lowest version first as given, held against the lower ones.

    A lower version that came later, such as a patch of an older line, is no past of it: it is left out, if days tell.
    """
    found = _in_a_row(releases)
    for number, release in enumerate(releases):
        past = [each for each in releases[:number] if not each.date or not release.date or each.date <= release.date]
        if len(past) < number:
            found[number] = _in_a_row([*past, release])[-1]
    return found


def _in_a_row(releases: Sequence[Examined]) -> list[Compared]:
    threads: list[_Thread] = []
    found: list[Compared] = []
    for number, release in enumerate(releases):
        changes = list(_changes(threads, release, releases[number - 1] if number else None))
        standing = sorted((seen.flaw for seen in release.seen if seen.flaw.is_open), key=urgency)
        changed = [change.flaw for change in changes if change.kind not in ("fixed", "unseen")]
        found.append(
            Compared(
                label=release.label,
                date=release.date,
                against=releases[number - 1].label if number else "",
                whole=release.whole,
                advised=_advised(releases[number - 1], release) if number else (),
                changes=tuple(sorted(changes, key=_order)) if number else (),
                standing=tuple(standing),
                unchanged=len(standing) - len(changed) if number else 0,
            )
        )
    return found


def _advised(before: Examined, release: Examined) -> tuple[Advised, ...]:
    both = sorted({*before.advised, *release.advised})
    pairs = ((each, before.advised.get(each, ""), release.advised.get(each, "")) for each in both)
    return tuple(Advised(advisory=each, before=was, now=now) for each, was, now in pairs if was != now)


def urgency(flaw: Flaw) -> tuple[int, str, int]:
    """Sorts the worst first."""
    return _WORST_FIRST.index(Severity(flaw.severity)), flaw.path, flaw.line


def _order(change: Change) -> tuple[int, int, str, int]:
    return _KINDS.index(change.kind), *urgency(change.flaw)


def _changes(threads: list[_Thread], release: Examined, before: Examined | None) -> Iterator[Change]:
    """What has changed since the release `before`; `threads` go on in the release."""
    open_ = [thread for thread in threads if thread.open]
    going, rest = followed(open_, release.seen, _last, release.held)
    back, rest = followed([thread for thread in threads if not thread.open], rest, _last, release.held)
    gone = [thread for thread in open_ if not any(thread is each for each, _ in going)]
    for thread, seen in (*going, *back):
        change = _change(thread, seen)
        if change is not None:
            yield change
        thread.last, thread.since, thread.missed = seen, release.label, False
        thread.open, thread.was_open = seen.flaw.is_open, thread.was_open or seen.flaw.is_open
    for thread in gone:
        yield from _gone(thread, release, [seen for seen in rest if seen.flaw.is_open])
    for seen in rest:
        threads.append(_Thread(seen, release.label, seen.flaw.is_open, seen.flaw.is_open))
        if seen.flaw.is_open:
            yield _new(seen, before)


def _new(seen: Seen, before: Examined | None) -> Change:
    """A flaw that was not there, or that was not seen (`TurboMind.update_params` of lmdeploy 0.15 and 0.16)."""
    if before is None or not any(_had_it(each, seen) for each in before.held):
        return Change(kind="new", flaw=seen.flaw)
    note = f"its load is in {before.label}, too, where it could not be followed to bytes from outside"
    return Change(kind="new", sure=False, note=note, flaw=seen.flaw)


def _had_it(earlier: Held, seen: Seen) -> bool:
    """True if as many loads of that name were in the function before."""
    if seen.unit is None or (earlier.path, earlier.unit.qualname) != (seen.flaw.path, seen.function):
        return False
    name = _last_name(seen.flaw.sink)
    was, now = ([_last_name(load.api) for load in unit.loads].count(name) for unit in (earlier.unit, seen.unit))
    return was >= now > 0


def _last(thread: _Thread) -> Seen:
    return thread.last


def _change(thread: _Thread, seen: Seen) -> Change | None:
    """What has become of a flaw that the release shows; None if it is as it was."""
    before, flaw = thread.last.flaw, seen.flaw
    change = Change(kind="worse", flaw=flaw, before=before, since=thread.since)
    if thread.open and not flaw.is_open:
        return replace(change, kind="fixed", how="authenticated", note=f"by {flaw.authentication}, before the load")
    if thread.open:
        return _regraded(change, thread.last, seen)
    if not flaw.is_open:
        return None
    change = replace(change, kind="reintroduced" if thread.was_open else "new")
    if before.is_open:
        return change
    return replace(change, how="opened", note=f"it was authenticated by {before.authentication} in {thread.since}")


def _regraded(change: Change, last: Seen, seen: Seen) -> Change | None:
    """Better or worse by who can reach it; a flag that it is behind counts first."""
    before, flaw = last.flaw, seen.flaw
    reaches = f"{before.reach or 'unknown'} before, {flaw.reach or 'unknown'} now"
    rank = _WORST_FIRST.index(Severity(flaw.severity)) - _WORST_FIRST.index(Severity(before.severity))
    before_it, now = _flags(last), _flags(seen)
    also = f"; reach: {reaches}" if rank else ""
    if last.unit is not None and before_it < now:
        return replace(change, kind="better", how="gated", note=f"it is behind a flag now: look up its default{also}")
    if seen.unit is not None and now < before_it:
        return replace(change, kind="worse", how="opened", note=f"it was behind a flag{also}")
    if not rank:
        return None
    sure = _is_sure(before, flaw)
    return replace(
        change,
        kind="worse" if rank < 0 else "better",
        how="widened" if rank < 0 else "narrowed",
        note=reaches if sure else f"{reaches}, as far as its address could be followed",
        sure=sure,
    )


def _flags(seen: Seen) -> set[str]:
    """Conditions for the load that read like settings."""
    loads = seen.unit.loads if seen.unit is not None else ()
    here = (load for load in loads if load.line <= seen.flaw.line <= load.end_line)
    guards = (guard.text for load in here for guard in load.guards)
    return {text for text in guards if not _SETTINGS.isdisjoint(re.split(r"[\W_]+", text.lower()))}


def _is_sure(before: Flaw, flaw: Flaw) -> bool:
    """True if the code says so by itself: an address is for everybody or is not, or the transport is another one."""
    reaches, transports = {before.reach, flaw.reach}, {before.transport, flaw.transport}
    if not reaches.isdisjoint(("", "unknown")):
        return False
    return "any-host" in reaches or (len(transports) == 2 and transports.isdisjoint(("", "unknown")))


def _gone(thread: _Thread, release: Examined, new: Sequence[Seen]) -> Iterator[Change]:
    """What is said of a flaw that the release does not show; `new`: those that are in no earlier one."""
    flaw = thread.last.flaw
    change = Change(kind="fixed", flaw=flaw, before=flaw, since=thread.since)
    if not release.whole:
        change = replace(change, kind="unseen", note=f"{release.label} could not be read whole")
    elif _is_joined(thread.last, release):
        thread.open = False
        thread.was_open = False  # it goes on in the other
        return
    else:
        change = _ended(change, thread.last, _counterpart(thread.last, release.held), release.seen)
        heirs = [seen.flaw for seen in new if seen.flaw.kind == flaw.kind != ""]
        heir = min(heirs, key=lambda each: each.sink != flaw.sink, default=None)
        if heir is not None and change.how == "removed":
            # Twenty calls of recv_pyobj() became one in a helper that they all call: sglang 0.5.15.
            note = f"it is gone from here, but may be in {heir.qualname} ({heir.path}:{heir.line}), which is new"
            change = replace(change, kind="unseen", how="moved", note=note)
            thread.was_open = False  # it goes on in the other, if at all
    if change.kind == "fixed" or change.how == "moved":
        thread.open = False
    elif thread.missed:
        return
    thread.missed = True
    yield change


def _is_joined(before: Seen, release: Examined) -> bool:
    """True if the same call is in its file still, or in what its function calls, as bad or worse: two are one now."""
    call = _call(before.flaw)
    return any(
        Severity(seen.flaw.severity).at_least(Severity(before.flaw.severity))
        and (_call(seen.flaw) == call or is_deeper(before, seen, release.held))
        for seen in release.seen
    )


def _call(flaw: Flaw) -> tuple[str, ...]:
    return flaw.path, flaw.rule, flaw.sink, flaw.code


def _ended(change: Change, before: Seen, here: Held | None, seen: Sequence[Seen]) -> Change:
    """How it went, by what its function is now."""
    if here is None:
        note = "no such load is there any more: it was taken out, or what it may load is restricted"
        return replace(change, how="removed", note=note)
    if here.sighting is not None and here.sighting.state in _SAFE:
        return replace(change, how="repaired", note=here.sighting.reason)
    left = _left(before, here, seen)
    if left is not None:
        place = f"{left.api.lstrip('.')}() is at {here.path}:{left.line}"
        note = f"{place}, but it could not be followed to bytes from outside: look at it"
        return replace(change, kind="unseen", note=note)
    return replace(change, how="removed", note=f"that load is gone from {here.unit.qualname}")


def _left(before: Seen, here: Held, seen: Sequence[Seen]) -> Load | None:
    """A load of its function that scan does not report, and that may be the one which it reported before."""
    lines = [each.flaw.line for each in seen if each.flaw.path == here.path]
    silent = [load for load in here.unit.loads if not any(load.line <= line <= load.end_line for line in lines)]
    names = [_last_name(load.api) for load in (before.unit.loads if before.unit is not None else ())]
    now = [_last_name(load.api) for load in here.unit.loads]
    name = _last_name(before.flaw.sink)
    for load in silent:
        other = _last_name(load.api)
        if other not in names or (other == name and now.count(name) >= names.count(name)):
            return load
    return None


def _last_name(api: str) -> str:
    return api.rpartition(".")[2]


def _counterpart(seen: Seen, held: Sequence[Held]) -> Held | None:
    """What its function has become, if there is a load in it or trace knows it."""
    flaw = seen.flaw
    named = [each for each in held if (each.path, each.unit.qualname) == (flaw.path, flaw.qualname)]
    if named:
        return named[0]
    unit = seen.unit
    if unit is None:
        return None
    best = max(held, key=lambda each: similarity(unit, each.unit), default=None)
    return best if best is not None and similarity(unit, best.unit) >= SAME else None

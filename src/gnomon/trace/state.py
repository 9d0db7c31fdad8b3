"""In which state a copy is: from what it still does, and from what its makers' repair did."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from gnomon.core.lineage import State
from gnomon.core.signature import Definition, Repair, Signature
from gnomon.trace.units import Guard, Load, Unit

_FLAGS = frozenset(
    {"allow", "allowed", "insecure", "unsafe", "trust", "trusted", "secure", "safe", "enable", "enabled", "disable"}
) | frozenset({"pickle", "use", "legacy", "fallback"})
"""Words in the name of a setting that decides whether the load happens."""
_EVERYWHERE = ("://*", "://0.0.0.0", "://[::]", "://::")
_OF_OBJECTS = frozenset({"recv", "read", "get", "receive", "load", "loads"})
"""Methods of sockets, streams, queues and unpicklers: a call means a function of that name only if the file has one."""
_MOST_CALLEES = 4
"""Functions of one name that a call may mean."""
_MOVED_WITH = 0.4
"""How much of it must be there to say that its load was moved."""
_MOST_OF_IT = 0.6
"""How much of the flawed definition must be there to say that its load is gone."""


class Judged(Struct, frozen=True):
    """A state, and why."""

    state: State
    reason: str


class Part(Struct, frozen=True):
    """A definition of the signature, and what corresponds to it in the target."""

    definition: Definition
    unit: Unit
    path: str
    in_unit: float
    """0 to 1: how much of the definition is in the unit."""


class Reported(Struct, frozen=True):
    """What scan says about a load."""

    words: str
    """A few; "" if it says nothing of who can reach it."""
    address: str = ""
    """Of its endpoint, all alternatives; "" if none was found."""


class Around(Struct, frozen=True):
    """What else of the target matters for a state."""

    named: Mapping[str, Sequence[tuple[str, Unit]]]
    """Functions that deserialize, by their last name, with their paths."""
    reported: Mapping[str, Mapping[int, Reported]] | None = None
    """What scan says about each load, by path and line; None if it was not asked."""


def judged(signature: Signature, parts: Sequence[Part], around: Around) -> Judged | None:
    """The state of a copy; None if too little of it is there to tell that anything was taken out of it."""
    sinks = [part for part in parts if part.definition.role == "sink"]
    if not any(part.definition.loads for part in sinks):
        return _by_statements(signature, sinks)
    loading = [(part, load) for part in sinks for load in part.unit.loads if _corresponds(load, part.definition)]
    if not loading:
        return _without_load(signature, sinks, around)
    gates = [gate for part, load in loading for gate in [_gate(load, part.definition)] if gate is not None]
    if len(gates) == len(loading):
        condition = _shown(gates[0])
        return Judged("gated", f"{_name(loading[0][1])} is reached only if {condition}: look up its default")
    narrowed = _narrowed(signature, parts, _told(loading, around))
    if narrowed:
        return Judged("mitigated", f"{_name(loading[0][1])} is still there; {narrowed}")
    return _as_it_was(loading, around)


def _by_statements(signature: Signature, sinks: Sequence[Part]) -> Judged | None:
    """For a flaw that is no load: whose statements are there, those of the flaw or those of its repair?"""
    for part in sinks:
        repair = repaired_as(signature, part.definition, part.unit)
        if repair is not None:
            return Judged("fixed", f"as in {signature.origin.at(repair.release)}: {repair.note}")
    for part in sinks:
        flawed = set(part.definition.statements) - _statements_after(signature, part.definition)
        left = len(flawed.intersection(part.unit.statements))
        if left:
            of = f" of {len(flawed)}" if signature.repairs else ""
            return Judged("unfixed", f"{left}{of} flawed statements are there")
    return Judged("unknown", "neither the flawed statements nor those of the repair are there")


def _statements_after(signature: Signature, definition: Definition) -> set[int]:
    return {
        statement
        for repair in signature.repairs
        for each in repair.definitions
        if each.qualname == definition.qualname
        for statement in each.statements
    }


def _as_it_was(loading: Sequence[tuple[Part, Load]], around: Around) -> Judged:
    load = loading[0][1]
    reason = f"{_name(load)} at line {load.line} as in the original"
    if around.reported is None:
        return Judged("unfixed", reason)
    told = _told(loading, around)
    if told:
        return Judged("unfixed", f"{reason}; {told[0].words}" if told[0].words else reason)
    return Judged("unknown", f"{reason}, but scan does not report it: something may restrict what it loads")


def _told(loading: Sequence[tuple[Part, Load]], around: Around) -> list[Reported]:
    """What scan says of these loads."""
    said = around.reported or {}
    return [
        told
        for part, load in loading
        for line, told in said.get(part.path, {}).items()
        if load.line <= line <= load.end_line
    ]


def _corresponds(load: Load, definition: Definition) -> bool:
    """True for a load like those of the flawed code; a class may hold others."""
    return not definition.loads or _family(load.api) in {_family(api) for api in definition.loads}


def _family(api: str) -> str:
    """`loads` of whatever pickle; `recv_pyobj`, which is `loads` after `recv`."""
    name = api.rpartition(".")[2]
    return "load" if name in ("loads", "load", "recv_pyobj") else name


def _without_load(signature: Signature, sinks: Sequence[Part], around: Around) -> Judged | None:
    for part in sinks:
        deeper = _deeper(part, around) if part.in_unit >= _MOVED_WITH else None
        if deeper is not None:
            path, callee = deeper
            return Judged("moved", f"the load is one function deeper, in {callee.qualname} ({path}:{callee.line})")
    other = _other_load(sinks, around)
    if other is not None:
        return other
    whole = [
        part
        for part in sinks
        if part.in_unit >= _MOST_OF_IT or repaired_as(signature, part.definition, part.unit) is not None
    ]
    if not whole:
        return None
    for part in whole:
        repair = repaired_as(signature, part.definition, part.unit)
        if repair is not None and repair.kind == "fixed":
            return Judged("fixed", f"as in {signature.origin.at(repair.release)}: {repair.note}")
    loads = ", ".join(dict.fromkeys(api.lstrip(".") for part in whole for api in part.definition.loads))
    return Judged("fixed", f"{loads or 'the load'} is gone from it")


def _other_load(sinks: Sequence[Part], around: Around) -> Judged | None:
    """What scan still finds in it: an unpickler with a list of refused names is none of the loads that are known."""
    for part in sinks if around.reported is not None else ():
        for line, told in sorted((around.reported or {}).get(part.path, {}).items()):
            if told.words and not part.unit.is_class and part.unit.line <= line <= part.unit.end_line:
                return Judged("unfixed", f"the load is another one, at line {line}; {told.words}")
    return None


def _deeper(part: Part, around: Around) -> tuple[str, Unit] | None:
    """The function with a load that the unit calls, if it did not call it in the flawed code."""
    for name in sorted(part.unit.calls.difference(part.definition.names)):
        found = [
            (path, unit)
            for path, unit in around.named.get(name, ())
            if not (path == part.path and unit.qualname == part.unit.qualname)
            and any(_corresponds(load, part.definition) for load in unit.loads)
        ]
        near = [entry for entry in found if entry[0] == part.path] or ([] if name in _OF_OBJECTS else found)
        if 0 < len(near) <= _MOST_CALLEES:
            return near[0]
    return None


def repaired_as(signature: Signature, definition: Definition, unit: Unit) -> Repair | None:
    """The repair of which more is in the unit than of the flawed code, where the two differ."""
    mine = set(unit.statements)
    flawed = set(definition.statements)
    for repair in reversed(signature.repairs):
        for after in repair.definitions:
            if after.qualname == definition.qualname:
                new, old = set(after.statements) - flawed, flawed - set(after.statements)
                if len(new & mine) * max(len(old), 1) > len(old & mine) * max(len(new), 1):
                    return repair
    return None


def _gate(load: Load, definition: Definition) -> Guard | None:
    """The condition for a load that the flawed code does not have, and that reads like a setting."""
    known = set(definition.statements)
    for guard in load.guards:
        if guard.statement not in known and _reads_setting(guard.text):
            return guard
    return None


def _reads_setting(text: str) -> bool:
    words = text.replace(".", " ").replace("_", " ").lower().split()
    return not _FLAGS.isdisjoint(words)


def _shown(guard: Guard) -> str:
    names = [token for token in guard.text.split() if token.strip("$()=[.#'")]
    what = " ".join(names) or "a condition"
    return what if guard.holds else f"not {what}"


def _narrowed(signature: Signature, parts: Sequence[Part], told: Sequence[Reported]) -> str:
    """Why fewer hosts reach the copy than the original, in words; "" if they don't, or if that can't be told."""
    opened = [part for part in parts if any(_is_everywhere(each) for each in part.definition.addresses)]
    endpoints = [*opened, *(part for part in parts if part.definition.role == "endpoint" and part not in opened)]
    if any(_is_everywhere(each) for part in endpoints for each in part.unit.addresses):
        return ""
    for part in endpoints:
        repair = repaired_as(signature, part.definition, part.unit)
        if repair is not None and repair.kind == "mitigated":
            return f"only the address is different, as in {signature.origin.at(repair.release)}: {repair.note}"
    # What is not written here any more may be written elsewhere, and scan has followed it.
    if not opened or any(_is_everywhere(each.address) for each in told):
        return ""
    addresses = ", ".join(
        dict.fromkeys(each for part in opened for each in part.definition.addresses if _is_everywhere(each))
    )
    return f"only the address is different: {addresses} is not written in it any more"


def _is_everywhere(address: str) -> bool:
    return address in ("*", "0.0.0.0", "::") or any(mark in address for mark in _EVERYWHERE)  # noqa: S104


def _name(load: Load) -> str:
    return f"{load.api.lstrip('.')}()"

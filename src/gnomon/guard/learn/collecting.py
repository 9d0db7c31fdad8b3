"""Turns the journals of a run in mode `learn` into a policy, without the names that are known to run code."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from ..loads.older_names import older_meaning
from ..policy import ChannelRule, Kind, Name, Outcome, Policy, SiteRule
from ..sites import Site
from .hazards import verdict

HANGING: Final = frozenset({Site("multiprocessing/pool.py", "Pool._handle_results")})
"""Sites whose caller is a thread that ends with the error and is missed by nobody: the program would wait for ever."""


class LeftOut(NamedTuple):
    """A name that was asked for and is not in the policy."""

    site: Site
    name: Name
    why: str


class Learned(NamedTuple):
    """What a run taught."""

    policy: Policy
    left_out: tuple[LeftOut, ...]
    torn: int
    """Lines that were cut short, by a full disk or a machine that stopped."""


class _Seen:
    def __init__(self) -> None:
        self.sources: dict[Site, list[tuple[Kind, str]]] = {}
        self.names: dict[Site, set[Name]] = {}
        self.feeds: dict[Site, set[Site]] = {}
        self.starts: dict[Site, set[int]] = {}
        self.described: dict[str, str] = {}
        self.older: set[Name] = set()
        """Names that were there by their older meaning alone."""
        self.torn = 0


def learned(folder: Path, accepted: Iterable[str] = ()) -> Learned:
    """The policy that the journals in `folder` give. `accepted`: wanted names known to run code, as `module:name`."""
    seen, accepted = _read(folder), frozenset(accepted)
    left_out: list[LeftOut] = []
    taken: set[str] = set()
    fed = {site for sites in seen.feeds.values() for site in sites}
    rules = []
    for site in sorted(seen.sources):
        names: set[Name] = set()
        for name in sorted(seen.names.get(site, ())):
            meant = older_meaning(name) if name in seen.older else name
            judged = verdict(*meant)
            text = ":".join(name)
            if judged.level == "runs-code" and text not in accepted:
                left_out.append(LeftOut(site, name, judged.why))
                continue
            names |= {name, meant}
            if judged.level == "runs-code":
                taken.add(text)
        kind, basis = _best(seen.sources[site])
        outcome: Outcome = "drop" if site in fed else "exit" if site in HANGING else "raise"
        rules.append(SiteRule(site, kind, basis, outcome, frozenset(names)))
    channels = tuple(
        ChannelRule(made, tuple(sorted(sites)), tuple(sorted(seen.starts[made])))
        for made, sites in sorted(seen.feeds.items())
    )
    policy = Policy(
        sites=tuple(rules),
        channels=channels,
        accepted=tuple(sorted(taken)),
        described=tuple(sorted((name, what) for name, what in seen.described.items() if what)),
    )
    return Learned(policy, tuple(left_out), seen.torn)


def _best(sources: list[tuple[Kind, str]]) -> tuple[Kind, str]:
    # A socket is the source that matters, whatever else the site also loads.
    order: tuple[Kind, ...] = ("socket", "processes", "file", "unknown")
    return min(sources, key=lambda source: (order.index(source[0]), "inferred" in source[1], source[1]))


def _read(folder: Path) -> _Seen:
    seen = _Seen()
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            try:
                _take(seen, json.loads(line))
            except (ValueError, KeyError, TypeError):
                seen.torn += 1
    return seen


def _take(seen: _Seen, line: dict[str, Any]) -> None:
    match line:
        case {"made": made, "feeds": feeds, "start": int() as start}:
            seen.feeds.setdefault(Site(*made), set()).add(Site(*feeds))
            seen.starts.setdefault(Site(*made), set()).add(start)
        case {"name": [module, name], "is": what}:
            seen.described[f"{module}:{name}"] = what
            if line.get("older"):
                seen.older.add((module, name))
        case {"site": site, "kind": kind, "basis": basis}:
            sources = seen.sources.setdefault(Site(*site), [])
            if (source := (cast("Kind", kind), str(basis))) not in sources:
                sources.append(source)
            if "name" in line:
                seen.names.setdefault(Site(*site), set()).add((line["name"][0], line["name"][1]))
        case _:
            raise ValueError("no line of a journal")

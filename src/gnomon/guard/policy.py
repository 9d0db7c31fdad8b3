"""What each load site may ask for: a value, and the JSON that a person reads and signs with its digest."""

import json
from collections.abc import Iterable, Mapping
from os import PathLike
from typing import Final, Literal, NamedTuple, TypeAlias, cast, get_args

from .errors import PolicyError
from .sites import Site

VERSION: Final = 1
Outcome: TypeAlias = Literal["drop", "raise", "exit"]
Kind: TypeAlias = Literal["socket", "file", "processes", "unknown"]
Name: TypeAlias = tuple[str, str]
"""Module and qualified name, exactly as the pickle has them."""
MOST_BEFORE: Final = 64
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


class SiteRule(NamedTuple):
    """What may be asked for at one site, and what becomes of a message that asks for more."""

    site: Site
    kind: Kind
    basis: str
    """What the kind was read from, in words."""
    outcome: Outcome
    names: frozenset[Name]


class ChannelRule(NamedTuple):
    """Sockets made at one place, and the sites where what they receive is loaded."""

    site: Site
    feeds: tuple[Site, ...]
    starts: tuple[int, ...] = (0,)
    """Bytes of a frame before a pickle begins, from 0 to MOST_BEFORE: tags that programs put there."""


class Policy(NamedTuple):
    """Everything that the processes of one program are held to."""

    sites: tuple[SiteRule, ...] = ()
    channels: tuple[ChannelRule, ...] = ()
    unknown_sites: Literal["raise", "exit"] = "raise"
    binds: tuple[tuple[str, str], ...] = ()
    """Prefixes of endpoints, as programs give them, and what they are narrowed to."""
    anywhere: frozenset[Name] = frozenset()
    """What every load may ask for, at any site; empty unless a person wants it. Checking these costs the least."""
    accepted: tuple[str, ...] = ()
    """Names known to run code that somebody took on purpose, as `module:name`."""
    described: tuple[tuple[str, str], ...] = ()
    """What a name was when it was learned: `module:name`, and `a dataclass`."""


def read(path: str | PathLike[str], digest: str = "") -> Policy:
    """The policy in a file. Raises PolicyError if it is broken, edited since it was signed, or has another digest."""
    policy, stated = as_stated(path)
    found = digest_of(policy)
    if stated != found:
        raise PolicyError(
            f"policy {path} was edited after it was signed: it says {stated!r}, its text gives {found}.",
            remedy=f"gnomon guard review {path}, then: gnomon guard sign {path}",
        )
    if digest and digest != found:
        raise PolicyError(
            f"policy {path} is not the one that was asked for: {found}, not {digest}.",
            remedy=f"gnomon guard review {path}",
        )
    return policy


def as_stated(path: str | PathLike[str]) -> tuple[Policy, str]:
    """The policy in a file and the digest that it states, held against nothing: for reviewing what somebody edited.

    Raises PolicyError if it is broken.
    """
    try:
        with open(path, encoding="utf-8") as file:
            table = json.load(file, object_pairs_hook=_once)
    except OSError as error:
        raise PolicyError(f"policy {path} can't be read: {error.strerror}.", remedy=_LEARN) from error
    except (ValueError, RecursionError) as error:
        raise PolicyError(f"policy {path} is not JSON: {error}.", remedy=_LEARN) from error
    return _Reading(str(path)).policy(table), table["digest"]


def written(policy: Policy) -> str:
    """The policy as text, signed with its digest; equal policies give equal text."""
    table = {**_table(policy), "digest": digest_of(policy)}
    return json.dumps(table, indent=1, ensure_ascii=True) + "\n"


def digest_of(policy: Policy) -> str:
    """SHA-256 over all that the policy says, as `sha256:` and 64 hex digits."""
    canonical = json.dumps(_table(policy), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return f"sha256:{_sha256(canonical.encode())}"


def merged(policies: Iterable[Policy]) -> Policy:
    """All that any of them allows; where they differ in what happens, the stricter one counts."""
    policies = tuple(policies)
    sites: dict[Site, SiteRule] = {}
    feeds: dict[Site, set[Site]] = {}
    starts: dict[Site, set[int]] = {}
    for policy in policies:
        for rule in policy.sites:
            known = sites.get(rule.site)
            sites[rule.site] = rule if known is None else _both(known, rule)
        for channel in policy.channels:
            feeds.setdefault(channel.site, set()).update(channel.feeds)
            starts.setdefault(channel.site, set()).update(channel.starts)
    return Policy(
        sites=tuple(sites[site] for site in sorted(sites)),
        channels=tuple(
            ChannelRule(site, tuple(sorted(feeds[site])), tuple(sorted(starts[site]))) for site in sorted(feeds)
        ),
        unknown_sites="exit" if any(policy.unknown_sites == "exit" for policy in policies) else "raise",
        binds=_agreed(policies),
        anywhere=frozenset().union(*(policy.anywhere for policy in policies)),
        accepted=tuple(sorted({name for policy in policies for name in policy.accepted})),
        described=tuple(sorted({name: what for policy in policies for name, what in policy.described}.items())),
    )


_LEARN: Final = "gnomon guard learn -o policy.json -- COMMAND"
_KEYS: Final = (
    "gnomon_policy", "unknown_sites", "sites", "channels", "binds", "anywhere", "accepted", "described",
)  # fmt: skip
_STRICT: Final[tuple[Outcome, ...]] = ("drop", "raise", "exit")


def _sha256(data: bytes) -> str:
    # Each guarded process needs it once, and hashlib takes 2 ms to load OpenSSL's.
    try:
        from _sha2 import sha256  # type: ignore[import-not-found, unused-ignore]  # from Python 3.12 on
    except ImportError:
        try:
            from _sha256 import sha256  # type: ignore[import-not-found, unused-ignore]
        except ImportError:
            from hashlib import sha256
    return str(sha256(data).hexdigest())


def _both(one: SiteRule, other: SiteRule) -> SiteRule:
    better = other if one.kind == "unknown" else one
    outcome = max(one.outcome, other.outcome, key=_STRICT.index)
    return SiteRule(one.site, better.kind, better.basis, outcome, one.names | other.names)


def _agreed(policies: tuple[Policy, ...]) -> tuple[tuple[str, str], ...]:
    binds: dict[str, str] = {}
    for source, target in (pair for policy in policies for pair in policy.binds):
        if binds.setdefault(source, target) != target:
            raise PolicyError(
                f"the policies narrow {source!r} to {binds[source]!r} and to {target!r}.",
                remedy="edit one of them, and sign it: gnomon guard sign POLICY",
            )
    return tuple(sorted(binds.items()))


def _table(policy: Policy) -> dict[str, object]:
    return {
        "gnomon_policy": VERSION,
        "unknown_sites": policy.unknown_sites,
        "sites": [
            {
                **rule.site._asdict(),
                "source": {"kind": rule.kind, "basis": rule.basis},
                "outcome": rule.outcome,
                "names": [list(name) for name in sorted(rule.names)],
            }
            for rule in sorted(policy.sites, key=lambda rule: rule.site)
        ],
        "channels": [
            {
                **channel.site._asdict(),
                "feeds": [list(site) for site in sorted(channel.feeds)],
                "starts": sorted(channel.starts),
            }
            for channel in sorted(policy.channels)
        ],
        "binds": dict(sorted(policy.binds)),
        "anywhere": [list(name) for name in sorted(policy.anywhere)],
        "accepted": sorted(policy.accepted),
        "described": dict(sorted(policy.described)),
    }


class _Reading:
    """Turns parsed JSON into a Policy, field by field, so that an error says which one."""

    def __init__(self, path: str) -> None:
        self._path = path

    def policy(self, value: object) -> Policy:
        """The policy. Raises PolicyError for what is missing, unknown or of another type."""
        keys = {*_KEYS, "digest"}
        if isinstance(value, dict) and value.get("gnomon_policy", VERSION) != VERSION:
            self._fail("gnomon_policy", f"is {value['gnomon_policy']!r}; this gnomon reads version {VERSION}")
        table = self._object(value, "the file", keys)
        self._text(table["digest"], "digest")
        sites = [self._site_rule(each, f"sites[{i}]") for i, each in enumerate(self._array(table["sites"], "sites"))]
        if len({rule.site for rule in sites}) < len(sites):
            self._fail("sites", "names one site twice")
        channels = self._array(table["channels"], "channels")
        return Policy(
            sites=tuple(sites),
            channels=tuple(self._channel(each, f"channels[{i}]") for i, each in enumerate(channels)),
            unknown_sites=cast(
                'Literal["raise", "exit"]', self._one_of(table["unknown_sites"], ("raise", "exit"), "unknown_sites")
            ),
            binds=self._pairs(table["binds"], "binds"),
            anywhere=self._names(table["anywhere"], "anywhere"),
            accepted=tuple(self._text(each, "accepted") for each in self._array(table["accepted"], "accepted")),
            described=self._pairs(table["described"], "described"),
        )

    def _site_rule(self, value: object, where: str) -> SiteRule:
        table = self._object(value, where, {"file", "function", "source", "outcome", "names"})
        source = self._object(table["source"], f"{where}.source", {"kind", "basis"})
        return SiteRule(
            site=Site(self._text(table["file"], f"{where}.file"), self._text(table["function"], f"{where}.function")),
            kind=cast("Kind", self._one_of(source["kind"], KINDS, f"{where}.source.kind")),
            basis=self._text(source["basis"], f"{where}.source.basis"),
            outcome=cast("Outcome", self._one_of(table["outcome"], OUTCOMES, f"{where}.outcome")),
            names=self._names(table["names"], f"{where}.names"),
        )

    def _channel(self, value: object, where: str) -> ChannelRule:
        table = self._object(value, where, {"file", "function", "feeds", "starts"})
        site = Site(self._text(table["file"], f"{where}.file"), self._text(table["function"], f"{where}.function"))
        feeds = self._array(table["feeds"], f"{where}.feeds")
        starts = self._array(table["starts"], f"{where}.starts")
        if not starts or not all(type(each) is int and 0 <= each <= MOST_BEFORE for each in starts):
            self._fail(f"{where}.starts", f"is no list of numbers from 0 to {MOST_BEFORE}")
        return ChannelRule(
            site=site,
            feeds=tuple(Site(*self._two(each, f"{where}.feeds")) for each in feeds),
            starts=cast("tuple[int, ...]", tuple(starts)),
        )

    def _object(self, value: object, where: str, keys: set[str]) -> Mapping[str, object]:
        if not isinstance(value, dict):
            self._fail(where, "is no object")
        table = cast("dict[str, object]", value)
        if unknown := table.keys() - keys:
            self._fail(where, f"has an unknown key {min(unknown)!r}")
        if missing := keys - table.keys():
            self._fail(where, f"has no {min(missing)!r}")
        return table

    def _array(self, value: object, where: str) -> list[object]:
        if not isinstance(value, list):
            self._fail(where, "is no array")
        return cast("list[object]", value)

    def _text(self, value: object, where: str) -> str:
        if not isinstance(value, str):
            self._fail(where, "is no text")
        return cast("str", value)

    def _names(self, value: object, where: str) -> frozenset[Name]:
        return frozenset(self._two(each, where) for each in self._array(value, where))

    def _two(self, value: object, where: str) -> tuple[str, str]:
        pair = self._array(value, where)
        if len(pair) != 2:
            self._fail(where, "has an entry that is no pair")
        return self._text(pair[0], where), self._text(pair[1], where)

    def _pairs(self, value: object, where: str) -> tuple[tuple[str, str], ...]:
        if not isinstance(value, dict):
            self._fail(where, "is no object")
        pairs = cast("dict[str, object]", value)
        return tuple(sorted((key, self._text(each, f"{where}.{key}")) for key, each in pairs.items()))

    def _one_of(self, value: object, choices: tuple[str, ...], where: str) -> str:
        text = self._text(value, where)
        if text not in choices:
            self._fail(where, f"is {text!r}; it can be {', '.join(choices)}")
        return text

    def _fail(self, where: str, problem: str) -> None:
        raise PolicyError(f"policy {self._path}: {where} {problem}.", remedy=_LEARN)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    # Of a key that stands twice, json keeps the last, and a reader may have seen the first.
    table = dict(pairs)
    if len(table) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return table

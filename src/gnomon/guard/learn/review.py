"""A policy in words, for the person who is to sign it: each site, each name, and why it is harmless or dangerous."""

from collections.abc import Iterator

from ..events import escaped
from ..policy import Name, Policy, SiteRule, digest_of
from .collecting import LeftOut
from .hazards import judged, verdict

_OUTCOMES = {
    "drop": "a message that asks for more is dropped before the program sees it",
    "raise": "a load that asks for more raises UnpicklingError",
    "exit": "a load that asks for more ends the process",
}
_NOT_FED = "a load that asks for more raises UnpicklingError, since no socket of pyzmq is known to feed it"
_MARKS = {"runs-code": "DANGER  ", "harmless": "harmless", "unknown": "look    "}


def reviewed(policy: Policy) -> str:
    """The policy as text. Nothing of it can change the terminal."""
    return "\n".join(_lines(policy)) + "\n"


def unexpected(policy: Policy) -> list[Name]:
    """Names known to run code that are not among those which somebody took on purpose."""
    names = policy.anywhere.union(*(rule.names for rule in policy.sites))
    return sorted(
        name for name in names if verdict(*name).level == "runs-code" and ":".join(name) not in policy.accepted
    )


def not_learned(left_out: tuple[LeftOut, ...]) -> str:
    """What was asked for and not taken, and how to take it on purpose; empty if nothing was."""
    if not left_out:
        return ""
    lines = ["Not learned, since it can run code:"]
    for each in left_out:
        lines.append(f"  {escaped(':'.join(each.name))}  {each.why}")
        lines.append(
            f"      at {escaped(each.site)}; if this program can't do without: --i-know {escaped(':'.join(each.name))}"
        )
    return "\n".join(lines) + "\n"


def counted(number: int, noun: str) -> str:
    """`1 load site`, `2 load sites`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _lines(policy: Policy) -> Iterator[str]:
    described = dict(policy.described)
    groups = [policy.anywhere, *(rule.names for rule in policy.sites)]
    levels: list[str] = [judged(name, described).level for names in groups for name in names]
    yield f"{counted(len(policy.sites), 'load site')}, {counted(len(levels), 'name')}: " + ", ".join(
        f"{levels.count(level)} {mark.strip().lower()}" for level, mark in _MARKS.items()
    )
    fed = {site for channel in policy.channels for site in channel.feeds}
    if policy.anywhere:
        yield ""
        yield "At EVERY load, also where nothing was learned"
        yield "  no list of a site holds these back:"
    for name in sorted(policy.anywhere):
        yield f"  {_name(name, described, policy.accepted)}"
    for rule in policy.sites:
        yield ""
        yield from _site(rule, described, policy.accepted, fed=rule.site in fed)
    yield ""
    for channel in policy.channels:
        sites = ", ".join(escaped(site) for site in channel.feeds)
        tags = "" if channel.starts == (0,) else f", with {' or '.join(map(str, channel.starts))} bytes before a pickle"
        yield f"Sockets made at {escaped(channel.site)} feed {sites}{tags}"
    for source, target in policy.binds:
        yield f"Sockets that would bind {escaped(source)} bind {escaped(target)}"
    ending = "raises UnpicklingError" if policy.unknown_sites == "raise" else "ends the process"
    yield f"A load anywhere else that asks for {'another' if policy.anywhere else 'a'} name {ending}."
    yield f"Digest  {digest_of(policy)}"


def _site(rule: SiteRule, described: dict[str, str], accepted: tuple[str, ...], *, fed: bool) -> Iterator[str]:
    yield escaped(rule.site)
    yield f"  source   {rule.kind}: {escaped(rule.basis)}"
    yield f"  outcome  {rule.outcome}: {_OUTCOMES[rule.outcome] if fed or rule.outcome != 'drop' else _NOT_FED}"
    if not rule.names:
        yield "  names    none: numbers, text, lists and dicts only"
    for name in sorted(rule.names):
        yield f"  {_name(name, described, accepted)}"


def _name(name: Name, described: dict[str, str], accepted: tuple[str, ...]) -> str:
    text = ":".join(name)
    level, why = judged(name, described)
    if level == "unknown":
        what = described.get(text, "")
        why = f"{escaped(what) or 'not seen while it was loaded'}: {why or _read_it(what)}"
    taken = ", taken on purpose" if text in accepted else ""
    return f"{_MARKS[level]} {escaped(text)}  {escaped(why)}{taken}"


def _read_it(what: str) -> str:
    if what.startswith(("a dataclass", "a class")):
        return "whoever sends can call it with any arguments, and set any attribute; read its methods"
    if what == "an enum":
        return "gives one of its members"
    return "whoever sends can call it with any arguments; read what it does"

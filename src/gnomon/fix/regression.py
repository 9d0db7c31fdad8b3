"""A regression test for what an offer changes: what a stranger sends is refused, and the unsafe call stays away."""

import ast
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from gnomon.core.channel import Load
from gnomon.core.patch import Offer, Section
from gnomon.fix.modules import dotted, imported, test_path
from gnomon.fix.refusals.example import example
from gnomon.fix.refusals.payloads import payloads
from gnomon.fix.refusals.places import places
from gnomon.fix.refusals.restricted import restricted
from gnomon.fix.refusals.signed import signed
from gnomon.fix.refusals.sockets import sockets
from gnomon.fix.refusals.subject import Subject, marker, ready
from gnomon.fix.sources import Sources

_ANY = '{"id": 1}'
"""A message where any object may be sent."""
_STRANGER = "stranger"
"""Begins the name of a recipe's own test of a stranger, which the one here says more than."""


def tested(offer: Offer, loads: Iterable[Load], sources: Sources, types: Iterable[str] = ()) -> Offer:  # noqa: PT028 (no test itself)
    """The offer with tests of the module that it writes, and of each function that no longer loads.

    `types` are those of the channel's sockets.
    They fail if the module unpickles what it should refuse, or if a function does so itself again.
    """
    if offer.standing == "impossible" or not offer.patch.replacements:
        return offer
    kinds = tuple(types)
    subjects = [replace(subject, types=kinds) for subject in _subjects(offer, sources)]
    path = next((each.test for each in subjects), "") or _path(offer, sources)
    about = subjects[0] if subjects else Subject(style=offer.style, module=path, test=path)
    sections = [section for subject in subjects for section in refusals(subject)]
    sections += places(about, loads, offer.patch, sources)
    own = tuple(
        each for each in offer.tests if not (sections and each.name.startswith(_STRANGER) and _has_one(sections))
    )
    return replace(offer, tests=tuple(dict.fromkeys((*own, *sections))))


def refusals(subject: Subject) -> tuple[Section, ...]:
    """What the module of a channel refuses, in its style; none for a style that writes no module that loads."""
    match subject.style:
        case "wire" if not subject.loads:
            found = sockets(subject)
        case "wire" | "msgspec" | "json":
            found = payloads(subject)
        case "hmac":
            found = (*payloads(subject), signed(subject))
        case "restrict":
            found = (*payloads(subject), *restricted(subject))
        case _:
            return ()
    return (*ready(subject), marker(subject), *found)


def _has_one(sections: Iterable[Section]) -> bool:
    return any("_lets_no_stranger_in" in section.body for section in sections)


def _path(offer: Offer, sources: Sources) -> str:
    """Where tests of an offer go that writes no module."""
    first = min(item.path for item in offer.patch.replacements)
    folder = first.rpartition("/")[0]
    name = f"no_pickles_in_{first.rpartition('/')[2]}"
    return test_path(f"{folder}/{name}" if folder else name, sources)


def _subjects(offer: Offer, sources: Sources) -> Iterator[Subject]:
    """One for each name in the written modules that loads, or that is a codec of sockets."""
    for path in sorted({section.path for section in offer.patch.sections}):
        sections = [section for section in offer.patch.sections if section.path == path]
        names = [name for section in sections for name in _bound(section.body)]
        alone = not any(_is_own(line, path, sources) for section in sections for line in section.imports)
        test = next((section.path for section in offer.tests), "") or test_path(path, sources)
        loads = [name for name in names if name == "loads" or name.startswith("loads_")]
        codecs = [name for name in names if name == "CODEC" or name.endswith("_CODEC")]
        for name in loads or codecs if offer.style != "curve" else ():
            subject = _subject(offer, path, test, name)
            typed = offer.style in ("wire", "msgspec", "json")
            if typed or not alone:
                importing = imported(test, path, name, sources)
                subject = replace(subject, imported=importing.module or dotted(path, sources))
            yield subject


def _subject(offer: Offer, path: str, test: str, name: str) -> Subject:
    """What of a module is for one channel, by the endings that names of a channel share."""
    if name.startswith("loads"):
        ending = name.removeprefix("loads")
        codec = f"{ending[1:].upper()}_CODEC" if ending else "CODEC"
        encoder = f"{codec}.encode" if offer.style == "wire" else f"dumps{ending}"
    else:
        ending = f"_{name.removesuffix('CODEC').strip('_').lower()}" if name != "CODEC" else ""
        codec, encoder = name, f"{name}.encode"
    sent = example(offer.tests, encoder)
    plain = offer.style in ("hmac", "restrict")
    return Subject(
        style=offer.style,
        module=path,
        test=test,
        label=ending.strip("_"),
        loads=f"loads{ending}" if name.startswith("loads") else "",
        dumps=f"dumps{ending}" if name.startswith("loads") and offer.style != "restrict" else "",
        allowed=f"ALLOWED{ending.upper()}",
        codec=codec if name == codec else "",
        good=_ANY if plain else sent.good,
        as_type="" if plain else sent.as_type,
    )


def _bound(body: str) -> Iterator[str]:
    """Names that a part of a module gives to others."""
    for node in ast.parse(body).body:
        match node:
            case ast.FunctionDef(name=name):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name


def _is_own(line: str, path: str, sources: Sources) -> bool:
    """True for an import of the target's own code."""
    words = line.split()
    root = words[1].partition(".")[0] if len(words) > 1 else ""
    beside = path.rpartition("/")[0]
    return not root or any(
        f"{folder}{root}{end}".removeprefix("/") in sources.paths
        for folder in ("", f"{beside}/", f"{beside.partition('/')[0]}/")
        for end in (".py", "/__init__.py")
    )

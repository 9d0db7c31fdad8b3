"""The module that declares what messages are, and its round-trip tests, for a channel's dumps and a style."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.channel import Dump
from gnomon.core.patch import Section
from gnomon.core.shape import Record, Shape
from gnomon.fix import json_messages, round_trips, typed_messages, wire_messages
from gnomon.fix.declarations import Declarations
from gnomon.fix.homes import Homes, import_of
from gnomon.fix.limits import Limits, TypedStyle
from gnomon.fix.naming import Names
from gnomon.fix.samples import Samples
from gnomon.fix.sources import Sources
from gnomon.fix.types import Types, types_of

SUMMARIES: dict[TypedStyle, str] = {
    "wire": wire_messages.SUMMARY,
    "msgspec": typed_messages.SUMMARY,
    "json": json_messages.SUMMARY,
}
"""Docstring of each style's module: what others add to the module has the same."""
TESTS_SUMMARY = round_trips.SUMMARY
"""As SUMMARIES, of the test module."""


class Place(Struct, frozen=True, kw_only=True):
    """Where a generated module goes."""

    path: str
    """As fix.modules.module_path says."""
    tests: str
    """Path of its test module, as fix.modules.test_path says."""
    sources: Sources
    touched: frozenset[str] = frozenset()
    """Files that will import it: what it imports of the target must not import those in a circle."""


class Module(Struct, frozen=True, kw_only=True):
    """What `module` makes."""

    sections: tuple[Section, ...] = ()
    """Of the module: its own, and one that several channels share where it needs helpers."""
    tests: tuple[Section, ...] = ()
    """A round trip of each declared type."""
    codec: str = ""
    """Name of the codec in the module; style wire alone."""
    dumps: str = ""
    """Name of the function in the module that takes the place of `pickle.dumps`, with the type as a second argument
    where `as_type` says one; "" in style wire unless `payload` was asked for."""
    loads: str = ""
    names: tuple[str, ...] = ()
    """The declared types as the module writes them, in the order of the dumps."""
    types: tuple[tuple[Shape, str], ...] = ()
    why: tuple[str, ...] = ()
    """What was guessed, so that the offer is no more than suggested: clauses. Untrusted text."""
    impossible: tuple[str, ...] = ()
    """Why there is no such module: clauses; the other fields then don't count. Untrusted text."""

    def as_type(self, shape: Shape) -> str:
        """Name, in the module, that a dump of this shape gives as its type; "" where the object's class tells it."""
        return next((name for each, name in self.types if each == shape), "")


def module(style: TypedStyle, name: str, dumps: Sequence[Dump], place: Place, *, payload: bool = False) -> Module:
    """What declares the messages of a channel.

    `name` identifies the channel within the module: "" for the only one, whose codec is `CODEC` and whose functions are
    `dumps` and `loads`; else a word in lower case that their names end in. `payload` asks for `dumps` and `loads` in
    style wire.
    """
    homes = Homes(place.path, place.sources, place.touched)
    declarations = Declarations(Limits(style), homes, name)
    types = types_of(dumps, declarations, place.sources)
    codec = wire_messages.codec_name(name) if style == "wire" else ""
    ending = f"_{name}" if name else ""
    functions = ("", "") if style == "wire" and not payload else (f"dumps{ending}", f"loads{ending}")
    shared: tuple[Section, ...] = ()
    if style == "wire":
        text = wire_messages.body(declarations, types, name, payload=payload)
    elif style == "msgspec":
        text = typed_messages.body(declarations, types, name)
        shared = typed_messages.shared(types, place.path)
    else:
        text = json_messages.body(declarations, types, name)
        shared = json_messages.shared(place.path)
    if style != "wire":
        declarations.refuse_late([text])
    if style != "wire" and len(types.all) == 1:
        types = replace(types, given=())  # there is nothing to choose from
    declared = frozenset(each.name for each in types.all if each.name in declarations.classes)
    declared |= {given for _, given in types.given}
    calls = (f"{codec}.encode", f"{codec}.decode") if style == "wire" else functions
    return Module(
        sections=(_section(place.path, name, SUMMARIES[style], declarations.imports, text), *shared),
        tests=(_tests(types, declared, name, calls, place),),
        codec=codec,
        dumps=functions[0],
        loads=functions[1],
        names=tuple(each.name for each in types.all),
        types=types.given,
        why=tuple(declarations.why),
        impossible=tuple(declarations.impossible),
    )


def _section(path: str, name: str, summary: str, imports: Iterable[str], body: str) -> Section:
    return Section(path=path, name=name or "messages", summary=summary, imports=tuple(sorted(imports)), body=body)


def _tests(types: Types, declared: frozenset[str], name: str, calls: tuple[str, str], place: Place) -> Section:
    """The round trips, as a section of the module's tests."""
    named = _Named(place)
    samples = Samples(named.of)
    tests = round_trips.round_trips(types, samples, name, calls, declared)
    lines = [*samples.imports]
    for imported in (*dict.fromkeys(call.partition(".")[0] for call in calls), *sorted(declared)):
        found = import_of(place.tests, place.path, imported, place.sources)
        lines.append(f"from {found.module} import {imported}")
    return _section(place.tests, name, TESTS_SUMMARY, lines, "\n\n\n".join(tests))


class _Named:
    """Names of the target's classes in the tests."""

    def __init__(self, place: Place) -> None:
        self._homes = Homes(place.tests, place.sources)
        self._names = Names(("pytest",))
        self._known: dict[tuple[str, str], tuple[str, str]] = {}

    def of(self, record: Record) -> tuple[str, str]:
        """(expression, import line) of a record's class."""
        outer, _, inner = record.qualname.partition(".")
        key = (record.site.path, outer)
        if key not in self._known:
            bound = self._names.free(outer)
            self._known[key] = (bound, self._homes.of(record).line(bound))
        bound, line = self._known[key]
        return (f"{bound}.{inner}" if inner else bound), line

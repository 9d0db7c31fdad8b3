"""What the types of rules and models can't say: ids that match, names that must exist, selectors that parse."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from gnomon.core.model import (
    ESCAPE_HATCH,
    AddressModel,
    AnnotationModel,
    AuthenticationModel,
    Condition,
    EndpointModel,
    HandlerModel,
    HatchModel,
    Model,
    Returns,
    SinkModel,
    TypeModel,
)
from gnomon.core.rule import RealCase, Rule
from gnomon.knowledge.shape import CANONICAL, NAMED, VALUES, shape_of

Place = tuple[str, str]
"""A field, such as `$.sink[0].input`, and what is wrong with it."""


class _Names(NamedTuple):
    """What one file may refer to in another."""

    types: frozenset[str]
    """Types that some model declares."""
    aliases: Mapping[str, str]
    """Alias -> the type it stands for."""
    sink_kinds: frozenset[str]


def mistakes(rules: Mapping[str, Rule], models: Mapping[str, Model]) -> Iterator[str]:
    """What is wrong, one sentence each, naming file and field; the keys are file names."""
    types = [kind for model in models.values() for kind in model.type]
    names = _Names(
        frozenset(kind.name for kind in types),
        {alias: kind.name for kind in types for alias in kind.aliases},
        frozenset(sink.kind for model in models.values() for sink in model.sink)
        | {ESCAPE_HATCH for model in models.values() if model.hatch},
    )
    yield from _declared_twice(models)
    for file, model in models.items():
        yield from (f"{file}: {text} - at `{field}`" for field, text in _in_model(file, model, names))
    for file, rule in rules.items():
        yield from (f"{file}: {text} - at `{field}`" for field, text in _in_rule(file, rule, names))


def _declared_twice(models: Mapping[str, Model]) -> Iterator[str]:
    declared: dict[str, str] = {}
    for file, model in models.items():
        for at, kind in enumerate(model.type):
            for name in (kind.name, *kind.aliases):
                if name in declared:
                    yield f"{file}: `{name}` is declared in {declared[name]} already - at `$.type[{at}]`"
                declared[name] = file


def _in_rule(file: str, rule: Rule, names: _Names) -> Iterator[Place]:
    yield from _misnamed(file, "id", rule.id)
    for where, value in _values("$", rule):
        yield from _misshapen(where, value)
        yield from ((f"{where}{field}", text) for field, text in _incomplete(value))
    for field in rule.__struct_fields__:
        content = getattr(rule, field)
        if field == "sinks" and rule.about == "socket":
            continue
        if field not in ("cases", "cause", "default", "incomplete_fixes") and not (
            content.strip() if isinstance(content, str) else content
        ):
            yield f"$.{field}", "is empty"
    for at, kind in enumerate(rule.sinks):
        if kind not in names.sink_kinds:
            yield f"$.sinks[{at}]", f"`{kind}` is the kind of no sink in any model"


def _in_model(file: str, model: Model, names: _Names) -> Iterator[Place]:
    yield from _misnamed(file, "library", model.library)
    for where, value in _values("$", model):
        yield from _misshapen(where, value)
        yield from ((f"{where}{field}", text) for field, text in _unknown_types(value, names))
        yield from ((f"{where}{field}", text) for field, text in _unreachable(value, names))
        yield from ((f"{where}{field}", text) for field, text in _incomplete(value))


def _misnamed(file: str, field: str, name: str) -> Iterator[Place]:
    stem = file.rpartition("/")[2].removesuffix(".toml")
    if stem != name:
        yield f"$.{field}", f"`{name}` is not the file's name `{stem}`"


def _values(where: str, value: msgspec.Struct) -> Iterator[tuple[str, msgspec.Struct]]:
    """The value and all that it contains, each with its place."""
    yield where, value
    for field in value.__struct_fields__:
        content = getattr(value, field)
        if isinstance(content, tuple):
            for at, entry in enumerate(content):
                if isinstance(entry, msgspec.Struct):
                    yield from _values(f"{where}.{field}[{at}]", entry)


def _misshapen(where: str, value: msgspec.Struct) -> Iterator[Place]:
    for field in value.__struct_fields__:
        shape = shape_of(value, field)
        content = getattr(value, field)
        if shape is None or content == "":  # whether a field may be empty is another question
            continue
        texts = {field: content} if isinstance(content, str) else {f"{field}[{i}]": t for i, t in enumerate(content)}
        for name, text in texts.items():
            if not shape.pattern.fullmatch(text):
                yield f"{where}.{name}", f"`{text}` is not {shape.meaning}"


def _unknown_types(value: msgspec.Struct, names: _Names) -> Iterator[Place]:
    for field, name in _types_named(value):
        if name not in names.types:
            yield field, f"`{name}` is declared as a type by no model"


def _unreachable(value: msgspec.Struct, names: _Names) -> Iterator[Place]:
    """APIs written with an alias: the engine only asks for the type's own name."""
    for field in CANONICAL:
        for at, api in enumerate(getattr(value, field, ())):
            parts = api.split(".") if isinstance(api, str) else []
            for size in range(len(parts), 0, -1):
                head = ".".join(parts[:size])
                if head in names.aliases:
                    meant = ".".join((names.aliases[head], *parts[size:]))
                    yield f".{field}[{at}]", f"`{api}` is never looked up, since `{head}` is an alias: write `{meant}`"


def _types_named(value: msgspec.Struct) -> Iterator[Place]:
    match value:
        case Returns(type=name) | AnnotationModel(type=name):
            yield ".type", name
        case TypeModel(bases=bases):
            yield from ((f".bases[{at}]", name) for at, name in enumerate(bases))
        case HandlerModel(types=types, channel=channel):
            yield from ((f".types.{key}", name) for key, name in types.items())
            yield from [(".channel", channel)] if channel else []


def _incomplete(value: msgspec.Struct) -> Iterator[Place]:
    """Fields that are empty, or contradict one another."""
    for field in NAMED:
        if getattr(value, field, None) == () and not isinstance(value, Model | AuthenticationModel):
            yield f".{field}", "is empty"
    match value:
        case Model(link="") | RealCase(link="") | HatchModel(link=""):
            yield ".link", "is empty"
        case HatchModel(effect=""):
            yield ".effect", "is empty"
        case Condition(one_of=()):
            yield ".one_of", "is empty"
        case SinkModel(input="", receives=None):
            yield ".input", "is empty, and the call receives nothing either"
        case SinkModel(input=selector, receives=str()) if selector:
            yield ".input", "is set, but the call itself receives the bytes"
        case EndpointModel(address="", host="", default=""):
            yield ".address", "is empty, and there is no host or default either"
        case HandlerModel(decorator=(), register=(), base=()):
            yield ".base", "is empty, and there is no decorator or register either"
        case AuthenticationModel(attribute=(), api=(), type=()):
            yield ".api", "is empty, and there is no attribute either"
        case AddressModel(value=text) if text.startswith("<") and text not in VALUES:
            yield ".value", f"`{text}` is none of {', '.join(VALUES)}"

"""What the text in a field of a rule or model must look like."""

import re
from typing import NamedTuple

import msgspec

from gnomon.core.model import AddressModel, HandlerModel, TypeModel


class Shape(NamedTuple):
    """A pattern and its meaning in words."""

    pattern: re.Pattern[str]
    meaning: str


_ARGUMENT = r"(?:\d+(?:\|[A-Za-z_]\w*)?|\|[A-Za-z_]\w*)"
_PART = rf"\[[\w.-]+\]|\.[A-Za-z_]\w*|>{_ARGUMENT}"

DOTTED = Shape(re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"), "a dotted name")
SELECTOR = Shape(
    re.compile(rf"(?:self|return|all|(?:new:|method:[A-Za-z_]\w*:)?{_ARGUMENT})(?:{_PART})*"),
    "a selector (`0|data`, `|data`, `new:0|file`, `method:decode:0|buf`, `self`, `return`, `all`, or a part of one)",
)

VALUES = ("<own-address>", "<configured>", "<path>", "<random>", "<bound-address>")
"""What an address may consist of besides literal text."""

NAMED = ("api", "ends", "annotation", "on")
"""Fields that say what a table's entry is about: never empty."""

CANONICAL = (
    *("annotation", "api", "attribute", "base", "decorator", "defeated_by", "exclude_annotations", "inverse"),
    *("register", "requires"),
)
"""Fields whose names are compared with names in which aliases are already replaced."""

_SHAPES = {
    **dict.fromkeys(("annotation", "attribute", "bases", "decorator", "defeated_by", "exclude_annotations"), DOTTED),
    **dict.fromkeys(("inverse", "modules", "name", "register", "requires"), DOTTED),
    **dict.fromkeys(("address", "argument", "channel", "data", "ends", "function", "gives"), SELECTOR),
    **dict.fromkeys(("handler", "host", "input", "key", "output"), SELECTOR),
    "aliases": Shape(
        re.compile(r"[A-Za-z_*][\w*]*(?:\.[A-Za-z_*][\w*]*)*"), "a dotted name, with `*` for generated parts"
    ),
    "api": Shape(
        re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?:\.\*)?"), "a dotted name, or a type's `.*` for every method"
    ),
    "base": Shape(re.compile(r"\*?[A-Za-z_][\w.]*\*?"), "a dotted name, with `*` at most at its ends"),
    "methods": Shape(re.compile(r"\*?[A-Za-z_]\w*\*?"), "a method's name, with `*` at most at its ends"),
    "parameters": Shape(re.compile(r"\d+|[A-Za-z_]\w*"), "a position, a name or `all`"),
    "fails_by": Shape(re.compile("returning-false|raising"), "`returning-false` or `raising`"),
    "id": Shape(re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*"), "lower-case words joined by `-`"),
    "library": Shape(re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*"), "a lower-case name"),
    "variable": Shape(re.compile(r"[A-Z][A-Z0-9_]*"), "the name of an environment variable"),
    "on": Shape(re.compile(r"[^A-Z\s]+"), "a value in lower case"),
    "link": Shape(re.compile(r"https://\S+"), "an https link"),
}


def shape_of(value: msgspec.Struct, field: str) -> Shape | None:
    """The shape of a field's text, or of each of its texts; None if any will do."""
    match value, field:
        case ((TypeModel() | HandlerModel()), "channel"):  # a source kind, a declared type
            return None
        case AddressModel(), "default":
            return SELECTOR
    content = getattr(value, field)
    if isinstance(content, tuple) and content and not isinstance(content[0], str):
        return None
    return _SHAPES.get(field)

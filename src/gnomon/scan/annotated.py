"""What an annotation says a value is."""

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, get_args

from gnomon.core.merging import merged
from gnomon.core.shape import (
    Array,
    Failure,
    Mapping,
    Plain,
    PlainType,
    Row,
    Sequence,
    Shape,
    Standard,
    StandardType,
    Unknown,
)
from gnomon.python.project import dotted_name
from gnomon.python.scopes import Scope
from gnomon.scan.results import ARRAYS, is_exception
from gnomon.scan.values import Class, External, Frame

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

ClassShape = Callable[[Scope], Shape]
"""What objects of a class of the target are."""
MAX_DEPTH = 12
"""Aliases and brackets inside one another."""
_PLAIN: dict[str, Shape] = {
    **{each: Plain(each) for each in get_args(PlainType)},
    "types.NoneType": Plain("None"),
    "typing.Text": Plain("str"),
    "typing.LiteralString": Plain("str"),
}
_STANDARD: dict[str, StandardType] = {name: name for name in get_args(StandardType)}
_STANDARD |= {"pathlib.PosixPath": "pathlib.Path"}
_LISTS = frozenset({"list", "typing.List", "collections.abc.MutableSequence", "typing.MutableSequence"})
_EITHER = frozenset({"collections.abc.Sequence", "typing.Sequence"})
_DICTS = frozenset({"dict", "typing.Dict", "collections.abc.Mapping", "typing.Mapping"})
_DICTS |= {"collections.abc.MutableMapping", "typing.MutableMapping"}
_SETS = frozenset({"set", "typing.Set", "collections.abc.MutableSet", "collections.abc.Set", "typing.AbstractSet"})
_FROZEN = frozenset({"frozenset", "typing.FrozenSet"})
_TUPLES = frozenset({"tuple", "typing.Tuple"})
_FIRST = frozenset(
    f"{module}.{name}"
    for module in ("typing", "typing_extensions", "dataclasses")
    for name in ("Annotated", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly", "InitVar")
)
_OPTIONAL, _UNION, _LITERAL = (
    "typing.Optional",
    "typing.Union",
    frozenset({"typing.Literal", "typing_extensions.Literal"}),
)


class Annotations:
    """Reads annotations, seen from where they are written."""

    def __init__(self, evaluator: "Evaluator", of_class: ClassShape) -> None:
        self.evaluator = evaluator
        self._of_class = of_class

    def shape(self, node: ast.expr, frame: Frame, depth: int = 0) -> Shape:
        """What the annotation allows; Unknown, with the type that is named, for what is not told."""
        if depth > MAX_DEPTH:
            return self._unknown(node, frame, "")
        match node:
            case ast.Constant(value=None):
                return Plain("None")
            case ast.Constant(value=str(text)):
                parsed = parsed_annotation(text)
                return self.shape(parsed, frame, depth + 1) if parsed is not None else self._unknown(node, frame, text)
            case ast.BinOp(op=ast.BitOr()):
                return merged([self.shape(node.left, frame, depth + 1), self.shape(node.right, frame, depth + 1)])
            case ast.Subscript():
                return self._subscript(node, frame, depth)
            case ast.Name() | ast.Attribute():
                return self._named(node, frame, depth)
            case _:
                return self._unknown(node, frame, "")

    def _named(self, node: ast.Name | ast.Attribute, frame: Frame, depth: int) -> Shape:
        for found in self.evaluator.values(node, frame):
            if isinstance(found.value, Class):
                return self._of_class(found.value.scope)
            if isinstance(found.value, External):
                return self._external(found.value.name, node, frame)
        alias = self.alias(node, frame)
        if alias is not None:
            value, home = alias
            if isinstance(value, ast.Call) and dotted_name(value.func).endswith("NewType") and len(value.args) == 2:
                value = value.args[1]
            return self.shape(value, home, depth + 1)
        return self._unknown(node, frame, dotted_name(node))

    def _external(self, name: str, node: ast.expr, frame: Frame) -> Shape:
        """A type of a library, without brackets."""
        anything = self._unknown(node, frame, "typing.Any")
        if name in _PLAIN:
            return _PLAIN[name]
        if name in _STANDARD:
            return Standard(_STANDARD[name])
        if name in ARRAYS:
            return Array(library=ARRAYS[name])
        if name in _LISTS:
            return Sequence(kind="list", element=anything)
        if name in _SETS | _FROZEN:
            return Sequence(kind="frozenset" if name in _FROZEN else "set", element=anything)
        if name in _TUPLES:
            return Sequence(kind="tuple", element=anything)
        if name in _DICTS:
            return Mapping(key=anything, value=anything)
        if is_exception(name):
            return Failure(name=name)
        return self._unknown(node, frame, name)

    def _subscript(self, node: ast.Subscript, frame: Frame, depth: int) -> Shape:
        name = self._name_of(node.value, frame)
        inner = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name in _LITERAL:
            return merged([self._literal(each, frame) for each in inner])
        if name in _FIRST:
            return self.shape(inner[0], frame, depth + 1)
        if name in ARRAYS:
            return Array(library=ARRAYS[name])
        if name in _TUPLES and len(inner) == 2 and isinstance(inner[1], ast.Constant) and inner[1].value is Ellipsis:
            return Sequence(kind="tuple", element=self.shape(inner[0], frame, depth + 1))
        known = name in {_OPTIONAL, _UNION} | _TUPLES | _LISTS | _EITHER | _SETS | _FROZEN | _DICTS
        shapes = [self.shape(each, frame, depth + 1) for each in inner] if known else []
        if name in (_OPTIONAL, _UNION):
            return merged([*shapes, Plain("None")] if name == _OPTIONAL else shapes)
        if name in _TUPLES:
            empty = len(inner) == 1 and isinstance(inner[0], ast.Tuple) and not inner[0].elts
            return Row(items=() if empty else tuple(shapes))
        if name in _DICTS and len(shapes) == 2:
            return Mapping(key=shapes[0], value=shapes[1])
        if name in _LISTS | _SETS | _FROZEN:
            kind = "list" if name in _LISTS else "frozenset" if name in _FROZEN else "set"
            return Sequence(kind=kind, element=shapes[0])  # type: ignore[arg-type]
        if name in _EITHER:
            return merged([Sequence(kind="list", element=shapes[0]), Sequence(kind="tuple", element=shapes[0])])
        found = self._class_of(node.value, frame)
        return found if found is not None else self._unknown(node, frame, name)

    def _class_of(self, node: ast.expr, frame: Frame) -> Shape | None:
        for found in self.evaluator.values(node, frame):
            if isinstance(found.value, Class):
                return self._of_class(found.value.scope)
        return None

    def _name_of(self, node: ast.expr, frame: Frame) -> str:
        """Full name of what stands before the brackets; as written if nothing tells it."""
        for found in self.evaluator.values(node, frame):
            if isinstance(found.value, External):
                return found.value.name.replace("typing_extensions.", "typing.")
        return dotted_name(node)

    def _literal(self, node: ast.expr, frame: Frame) -> Shape:
        if isinstance(node, ast.Constant) and type(node.value).__name__ in _PLAIN:
            return _PLAIN[type(node.value).__name__]
        if isinstance(node, ast.Constant) and node.value is None:
            return Plain("None")
        return self._unknown(node, frame, "")

    def alias(self, node: ast.expr, frame: Frame) -> tuple[ast.expr, Frame] | None:
        """The expression that a name of a type is assigned, and where that is."""
        names, project = self.evaluator.names, self.evaluator.project
        if not isinstance(node, ast.Name):
            return None
        owner = names.owner(node.id, frame.scope)
        bindings = owner.facts.bindings.get(node.id, []) if owner is not None else []
        if owner is None or len(bindings) != 1:
            return None
        binding, home = bindings[0], self.evaluator.root(owner)
        for _ in range(MAX_DEPTH):
            if binding.kind == "assign" and binding.value is not None and not binding.path:
                return binding.value, home
            resolved = (
                project.resolve_import(str(binding.target), home.scope.path) if binding.kind == "import" else None
            )
            module = project.module(resolved[0]) if resolved is not None and resolved[1].isidentifier() else None
            following = (
                module.facts.bindings.get(resolved[1], []) if module is not None and resolved is not None else []
            )
            if module is None or len(following) != 1:
                return None
            binding, home = following[0], self.evaluator.root(module)
        return None

    def _unknown(self, node: ast.expr, frame: Frame, declared: str) -> Unknown:
        site = self.evaluator.site(node, frame.scope)
        told = "anything" if declared in ("typing.Any", "object", "") else f"`{declared}`"
        return Unknown(
            why=f"what {site.path}:{site.line} declares to be {told}",
            site=site,
            declared="typing.Any" if declared == "object" else declared or ast.unparse(node)[:80],
        )


def parsed_annotation(text: str) -> ast.expr | None:
    """The expression in an annotation that is written as a string."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None

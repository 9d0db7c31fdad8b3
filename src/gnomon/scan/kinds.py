"""What kind of record a class of the target is, and what its fields are declared to be."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gnomon.core.merging import merged
from gnomon.core.shape import Failure, Plain, Record, RecordKind, Shape, Unknown
from gnomon.core.site import CodeSite
from gnomon.python.project import dotted_name
from gnomon.python.scopes import Scope
from gnomon.scan.annotated import Annotations
from gnomon.scan.results import is_exception

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

_NONE = Plain("None")
_BY_BASE: dict[str, RecordKind] = {
    "NamedTuple": "namedtuple",
    "TypedDict": "typeddict",
    "BaseModel": "pydantic",
    "BaseSettings": "pydantic",
    "SQLModel": "pydantic",
    "Struct": "struct",
}
_DATACLASS = frozenset({"dataclass", "pydantic_dataclass"})
_ATTRS = frozenset({"define", "frozen", "mutable", "attrs", "s", "attrib"})
MAX_HEIRS = 6
"""Subclasses of a field's class that are named."""


class Kinds:
    """Classes of the target as shapes of their objects."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        self.classes = evaluator.fields.classes
        self.annotations = Annotations(evaluator, self.of)
        self._open: set[Scope] = set()
        self._known: dict[Scope, Shape] = {}

    def of(self, scope: Scope) -> Shape:
        """An object of the class: a record, or an exception; without fields where it is met within itself."""
        known = self._known.get(scope)
        if known is not None:
            return known
        if any(is_exception(name.rpartition(".")[2]) for name in self.classes.library_bases(scope)):
            return Failure(name=scope.name)
        kind = self._kind(scope)
        if scope in self._open:
            return self._record(kind, scope, (), ())
        self._open.add(scope)
        try:
            fields, loose = self._members(scope) if kind == "enum" else self._fields(scope, kind)
        finally:
            self._open.discard(scope)
        shape = self._record(kind, scope, fields, loose)
        if not self._open:
            self._known[scope] = shape
        return shape

    def _record(
        self, kind: RecordKind, scope: Scope, fields: tuple[tuple[str, Shape], ...], loose: tuple[str, ...]
    ) -> Record:
        return Record(kind=kind, site=self._site(scope), qualname=scope.qualname, fields=fields, loose=loose)

    def _site(self, scope: Scope) -> CodeSite:
        return self.evaluator.site(scope.node, scope)

    def _kind(self, scope: Scope) -> RecordKind:
        bases = self.classes.library_bases(scope)
        names = [base.rpartition(".")[2] for base in bases]
        if any(base.startswith("enum.") or base in ("Enum", "IntEnum", "StrEnum") for base in bases):
            return "enum"
        kind = next((_BY_BASE[name] for name in names if name in _BY_BASE), None)
        own = self._has_constructor(scope)
        decorated = [current for current in self.classes.inherited(scope) if _decorations(current) & _DATACLASS]
        if kind is not None:
            return "class" if own and kind in ("struct", "namedtuple") else kind
        whole = decorated and (decorated[0] is scope or not any(isinstance(s, ast.AnnAssign) for s in scope.statements))
        if whole and not own and self._is_made_of_its_fields(scope):
            return "dataclass"
        return "class"

    def _has_constructor(self, scope: Scope) -> bool:
        return any(child.name == "__init__" for current in self.classes.inherited(scope) for child in current.children)

    def _is_made_of_its_fields(self, scope: Scope) -> bool:
        """False for a dataclass with fields that its constructor does not take, or parameters that are no fields."""
        for _, statement, _ in self.classes.record_fields(scope):
            if _outer(statement.annotation) == "InitVar":
                return False
            if isinstance(statement.value, ast.Call) and any(
                keyword.arg == "init" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False
                for keyword in statement.value.keywords
            ):
                return False
        return True

    def _members(self, scope: Scope) -> tuple[tuple[tuple[str, Shape], ...], tuple[str, ...]]:
        """An enum's members, with what their values are."""
        found: list[tuple[str, Shape]] = []
        for statement in scope.statements:
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                target = statement.targets[0]
                if isinstance(target, ast.Name) and not target.id.startswith("_"):
                    found.append((target.id, self._value(statement.value, scope)))
        return tuple(found), ()

    def _value(self, node: ast.expr, scope: Scope) -> Shape:
        if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float | bytes):
            return Plain(type(node.value).__name__)  # type: ignore[arg-type]
        if isinstance(node, ast.Call) and dotted_name(node.func).rpartition(".")[2] == "auto":
            bases = {base.rpartition(".")[2] for base in self.classes.library_bases(scope)}
            return Plain("str" if "StrEnum" in bases else "int")
        return Unknown(why=f"what a member of `{scope.name}` is", site=self._site(scope))

    def _fields(self, scope: Scope, kind: RecordKind) -> tuple[tuple[tuple[str, Shape], ...], tuple[str, ...]]:
        """Declared fields in order, and what may be in them beside; none of a class that is not made of them."""
        if kind == "class" and not (_decorations(scope) & _ATTRS and not self._has_constructor(scope)):
            return (), ()
        fields: list[tuple[str, Shape]] = []
        loose: list[str] = []
        for name, statement, owner in self.classes.record_fields(scope):
            if _outer(statement.annotation) == "ClassVar" or (kind == "pydantic" and name == "model_config"):
                continue
            shape = self.annotations.shape(statement.annotation, self.evaluator.root(owner))
            fields.append((name, shape))
            loose += self._loose(name, statement, owner, shape)
        return tuple(fields), tuple(loose)

    def _loose(self, name: str, statement: ast.AnnAssign, owner: Scope, shape: Shape) -> Iterator[str]:
        place = f"`{owner.name}.{name}` ({owner.path}:{statement.lineno})"
        told = ast.unparse(statement.annotation)[:80]
        if not _allows_none(shape) and _is_none(statement.value):
            yield f"{place} is declared `{told}`, and None by default: declare `{told} | None`"
        if isinstance(shape, Record) and shape.kind not in ("enum", "typeddict"):
            heirs = self._heirs(shape)
            if heirs:
                yield f"{place} is declared `{told}`, of which {', '.join(f'`{heir}`' for heir in heirs)} inherits"

    def _heirs(self, shape: Record) -> list[str]:
        scope = self.evaluator.project.definition_at(shape.site.path, shape.site.line)
        if scope is None or not scope.is_class:
            return []
        return [heir.name for heir in self.classes.subclasses(scope)][:MAX_HEIRS]

    def heirs(self, scope: Scope) -> list[Shape]:
        """Objects of classes that inherit from this one: what is declared as it can be one of them."""
        found = self.classes.subclasses(scope)
        return [self.of(heir) for heir in found[: MAX_HEIRS * 2]]

    def typed(self, scope: Scope) -> Shape:
        """What a value is that is declared to be of the class: an object of it, or of one that inherits from it."""
        own = [] if self.is_abstract(scope) else [self.of(scope)]
        return merged([*own, *self.heirs(scope)] or [self.of(scope)])

    def widened(self, shape: Shape) -> Shape:
        """A record that is declared, or one of a class that inherits from its own."""
        if not isinstance(shape, Record) or shape.kind in ("enum", "typeddict"):
            return shape
        scope = self.evaluator.project.definition_at(shape.site.path, shape.site.line)
        return self.typed(scope) if scope is not None and scope.is_class else shape

    def is_abstract(self, scope: Scope) -> bool:
        """True for a class that has no objects of its own."""
        bases = {self_base.rpartition(".")[2] for self_base in self._direct(scope)}
        return bool(bases & {"ABC", "Protocol"})

    def _direct(self, scope: Scope) -> list[str]:
        return [base for base in self.classes.bases(scope) if isinstance(base, str)]


def _allows_none(shape: Shape) -> bool:
    inner = getattr(shape, "shapes", (shape,))
    return any(each == _NONE or isinstance(each, Unknown) for each in inner)


def _is_none(value: ast.expr | None) -> bool:
    """True if a field is None by default."""
    if isinstance(value, ast.Call):
        value = next((keyword.value for keyword in value.keywords if keyword.arg == "default"), None)
    return isinstance(value, ast.Constant) and value.value is None


def _outer(annotation: ast.expr) -> str:
    """Last part of what stands before an annotation's brackets."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value.partition("[")[0].rpartition(".")[2]
    node = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return dotted_name(node).rpartition(".")[2]


def _decorations(scope: Scope) -> set[str]:
    names = (dotted_name(node.func if isinstance(node, ast.Call) else node) for node in scope.decorators())
    return {name.rpartition(".")[2] for name in names}

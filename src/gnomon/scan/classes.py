"""Classes of the target: bases, subclasses, and who defines an attribute."""

import ast
from typing import TYPE_CHECKING

from gnomon.python.facts import Binding
from gnomon.python.headers import Header
from gnomon.python.scopes import Scope
from gnomon.scan.values import Class, External

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator


BASES_BUDGET = 80
"""Work allowed for finding out what the bases of one class are."""


class Classes:
    """Inheritance among the classes of one target."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        self._bases: dict[int, list[Scope | str]] = {}

    def bases(self, scope: Scope) -> list[Scope | str]:
        """Direct bases: classes of the target, or names of a library's."""
        known = self._bases.get(id(scope))
        if known is None:
            self._bases[id(scope)] = []  # a class that is its own base, in hostile code, ends here
            with self.evaluator.allowance(BASES_BUDGET):  # what a class is does not depend on who asks
                known = self._bases[id(scope)] = self._read(scope)
        return known

    def _read(self, scope: Scope) -> list[Scope | str]:
        found: list[Scope | str] = []
        if not isinstance(scope.node, ast.ClassDef) or scope.parent is None:
            return found
        frame = self.evaluator.root(scope.parent)
        for base in scope.node.bases:
            node = base.value if isinstance(base, ast.Subscript) else base
            for item in self.evaluator.values(node, frame):
                if isinstance(item.value, Class):
                    found.append(item.value.scope)
                elif isinstance(item.value, External):
                    found.append(item.value.name)
        return found

    def lineage(self, scope: Scope) -> list[Scope | str]:
        """The class, then everything it inherits from, nearest first."""
        order: list[Scope | str] = []
        queue: list[Scope | str] = [scope]
        while queue and len(order) < 64:
            current = queue.pop(0)
            if current not in order:
                order.append(current)
                if isinstance(current, Scope):
                    queue += self.bases(current)
        return order

    def inherited(self, scope: Scope) -> list[Scope]:
        """The class and its bases in the target."""
        return [item for item in self.lineage(scope) if isinstance(item, Scope)]

    def library_bases(self, scope: Scope) -> list[str]:
        """Names of library classes it inherits from, nearest first."""
        return [item for item in self.lineage(scope) if isinstance(item, str)]

    def subclasses(self, scope: Scope, having: str = "", without: str = "") -> list[Scope]:
        """Classes of the target that inherit from `scope`, directly or not, by what stands in their text."""
        found: list[Scope] = []
        for path, header in self.evaluator.project.heirs(scope.name, scope.path):
            source = self.evaluator.project.source(path)
            if having and not source.has_between(having, header.start, header.end):
                continue
            if without and source.has_between(without, header.start, header.end):
                continue
            heir = self._heir(path, header)
            if heir is not None and heir is not scope and heir not in found and scope in self.lineage(heir):
                found.append(heir)
        return found

    def _heir(self, path: str, header: Header) -> Scope | None:
        """The class of a class statement; None for one in a string, or when the question has used up its budget."""
        project = self.evaluator.project
        if self.evaluator.spent:
            return None
        scope = project.definition_at(path, project.source(path).line_at(header.start))
        return scope if scope is not None and scope.is_class and scope.name == header.name else None

    def family(self, scope: Scope, word: str) -> list[Scope]:
        """The class, its bases, and its subclasses in the target that have `word` in their text."""
        family = self.inherited(scope)
        return [*family, *(item for item in self.subclasses(scope, word) if item not in family)]

    def related(self, one: Scope, other: Scope) -> bool:
        """True if one inherits from the other."""
        return one is other or other in self.inherited(one) or one in self.inherited(other)

    def definers(self, scope: Scope, name: str) -> list[Binding]:
        """Class-level bindings of `name` in the nearest class of the lineage that has one."""
        for current in self.inherited(scope):
            bindings = current.facts.bindings.get(name)
            if bindings:
                return [bindings[-1]] if bindings[-1].kind in ("def", "class") else bindings
        return []

    def is_record(self, scope: Scope) -> bool:
        """True if calling the class fills its annotated fields (dataclass, pydantic, NamedTuple, Struct, attrs)."""
        for current in self.inherited(scope):
            if any(child.name == "__init__" and not _takes_keywords(child) for child in current.children):
                return False
        names = [base.rpartition(".")[2] for base in self.library_bases(scope)]
        if any(
            name in ("BaseModel", "NamedTuple", "Struct", "BaseSettings", "TypedDict", "SQLModel") for name in names
        ):
            return True
        return any(
            _decorator_name(node) in ("dataclass", "define", "frozen", "attrs", "s") for node in scope.decorators()
        )

    def record_fields(self, scope: Scope) -> list[tuple[str, ast.AnnAssign, Scope]]:
        """Annotated fields in constructor order, with the class that declares each."""
        fields: dict[str, tuple[str, ast.AnnAssign, Scope]] = {}
        for current in reversed(self.inherited(scope)):
            if isinstance(current.node, ast.ClassDef):
                for statement in current.statements:
                    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                        fields[statement.target.id] = (statement.target.id, statement, current)
        return list(fields.values())


def _takes_keywords(scope: Scope) -> bool:
    """True for a function with a `**keywords` parameter: a record's constructor that hands the fields on."""
    return isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef)) and scope.node.args.kwarg is not None


def _decorator_name(node: ast.expr) -> str:
    """Last part of a decorator's name."""
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")

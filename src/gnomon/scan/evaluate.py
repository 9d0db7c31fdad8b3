"""What an expression can be, found by walking backwards through the code that gave it its value.

The walk is demand-driven and memoised; it enters calls with their arguments (so a helper called twice is told apart),
and leaves a parameter towards the callers only when nobody said where the call came from.
Each answer carries its trail.
"""

import ast
from collections.abc import Iterable

from gnomon.core.site import CodeSite, Span
from gnomon.python.project import Project
from gnomon.python.scopes import Scope
from gnomon.scan.callbacks import Callbacks
from gnomon.scan.callers import Callers
from gnomon.scan.calls import Calls
from gnomon.scan.catalog import Catalog
from gnomon.scan.fields import Fields
from gnomon.scan.handlers import Handlers
from gnomon.scan.libraries import Libraries
from gnomon.scan.names import Names
from gnomon.scan.parameters import Parameters
from gnomon.scan.questions import Questions, distinct
from gnomon.scan.selectors import entry
from gnomon.scan.truth import truth
from gnomon.scan.uses import Uses
from gnomon.scan.values import (
    Bound,
    Const,
    Container,
    External,
    Found,
    Frame,
    Function,
    Instance,
    Keywords,
    Opaque,
    Outside,
    Parts,
    Rest,
    Result,
    Text,
)

MAX_REPEATED = 4096
"""Length of a text that is repeated, as `"00" * 32`; longer ones are not written out."""


class Evaluator(Questions):
    """Answers what expressions can be, over one project and one catalog."""

    def __init__(self, project: Project, catalog: Catalog) -> None:
        super().__init__(project)
        self._frames: dict[tuple[object, ...], Frame] = {}
        self.catalog = catalog
        self.names = Names(self)
        self.fields = Fields(self)
        self.calls = Calls(self)
        self.libraries = Libraries(self)
        self.parameters = Parameters(self)
        self.handlers = Handlers(self)
        self.callers = Callers(self)
        self.callbacks = Callbacks(self)
        self.uses = Uses(self)

    def root(self, scope: Scope, receiver: Instance | None = None) -> Frame:
        """The frame of a scope entered from anywhere."""
        return self.frame(Frame(scope, None, receiver))

    def frame(self, frame: Frame) -> Frame:
        """The one frame with this key."""
        return self._frames.setdefault(frame.key, frame)

    def site(self, node: ast.AST, scope: Scope) -> CodeSite:
        """The place of a node, with its line of code."""
        line = getattr(node, "lineno", scope.start)
        column = getattr(node, "col_offset", 0) + 1
        span = Span(
            line=line,
            column=column,
            end_line=getattr(node, "end_lineno", None) or line,
            end_column=max(getattr(node, "end_col_offset", None) or column, 1),
        )
        return CodeSite(path=scope.path, span=span, code=self.project.code(scope.path, line))

    def _evaluate(self, node: ast.expr, frame: Frame) -> list[Found]:
        match node:
            case ast.Name():
                return self.names.values(node, frame)
            case ast.Attribute():
                return self.fields.attribute(node, frame)
            case ast.Call():
                return self.calls.values(node, frame)
            case ast.Await() | ast.Starred() | ast.NamedExpr():
                return self.values(node.value, frame)
            case ast.IfExp():
                return self._conditional(node, frame)
            case ast.BoolOp():
                return [found for value in node.values for found in self.values(value, frame)]
            case ast.Subscript():
                return self._subscript(node, frame)
            case ast.BinOp():
                return self._operation(node, frame)
            case _:
                return self._made(node, frame)

    def _made(self, node: ast.expr, frame: Frame) -> list[Found]:
        """What an expression makes on the spot: a constant, text, container, function, or something computed."""
        match node:
            case ast.Constant():
                return [Found(Const(node.value))]
            case ast.JoinedStr():
                return [Found(Text(node, frame))]
            case ast.Tuple() | ast.List() | ast.Set() | ast.Dict():
                return [Found(Container(node, frame))]
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return [Found(Container(node, frame))]
            case ast.Lambda():
                scope = next((inner for inner in frame.scope.facts.lambdas if inner.node is node), None)
                return [Found(Function(scope, None, frame))] if scope is not None else []
            case ast.Compare() | ast.UnaryOp():
                known = truth(self, node, frame)
                return [Found(Opaque("computed", node, frame) if known is None else Const(known))]
            case ast.Yield() | ast.YieldFrom():
                return [Found(Opaque("a value sent into a generator", node, frame))]
            case _:
                return [Found(Opaque("computed", node, frame))]

    def _conditional(self, node: ast.IfExp, frame: Frame) -> list[Found]:
        match truth(self, node.test, frame):
            case True:
                return self.values(node.body, frame)
            case False:
                return self.values(node.orelse, frame)
            case _:
                return [*self.values(node.body, frame), *self.values(node.orelse, frame)]

    def _operation(self, node: ast.BinOp, frame: Frame) -> list[Found]:
        """A string is kept as written, `folder / name` is a path; bytes from outside stay so when joined."""
        found: list[Found] = [Found(Text(node, frame))] if isinstance(node.op, (ast.Add, ast.Mod)) else []
        if isinstance(node.op, ast.Div) and "pathlib.Path" in self.catalog.types:
            return [Found(Instance("pathlib.Path", node, frame))]
        if isinstance(node.op, ast.Mult) and _lists(node):
            return [Found(Container(node, frame))]  # `[None] * n`, to be filled later on
        if isinstance(node.op, ast.Mult) and (repeated := self._repeated(node, frame)) is not None:
            return [Found(Const(repeated))]
        if isinstance(node.op, (ast.Add, ast.BitOr)):
            for side in (node.left, node.right):
                if not isinstance(side, ast.Constant):
                    found += [item for item in self.values(side, frame) if isinstance(item.value, (Outside, Container))]
        return found or [Found(Opaque("computed", node, frame))]

    def _repeated(self, node: ast.BinOp, frame: Frame) -> str | bytes | None:
        """What `"00" * 32` is."""
        for text, times in ((node.left, node.right), (node.right, node.left)):
            if isinstance(text, ast.Constant) and isinstance(text.value, (str, bytes)):
                found = [item.value for item in self.values(times, frame)]
                number = found[0].value if len(found) == 1 and isinstance(found[0], Const) else None
                if isinstance(number, int) and len(text.value) * number <= MAX_REPEATED:
                    return text.value * number
        return None

    def _subscript(self, node: ast.Subscript, frame: Frame) -> list[Found]:
        bases = self.values(node.value, frame)
        if isinstance(node.slice, ast.Slice):
            return bases
        return [item for base in bases for item in self.item(base, node.slice, node, frame)]

    def item(self, base: Found, index: ast.expr, node: ast.expr, frame: Frame) -> list[Found]:
        """What `base[index]` can be."""
        base = self.settled(base, node, frame)
        value = base.value
        if isinstance(value, Container) and isinstance(value.node, (ast.Tuple, ast.List)):
            position = _position(index)
            spread = any(isinstance(element, ast.Starred) for element in value.node.elts)
            if position is not None and not spread and -len(value.node.elts) <= position < len(value.node.elts):
                return self._from(base, self.values(value.node.elts[position], value.frame))
        if isinstance(value, Container) and isinstance(value.node, ast.Dict):
            return self._from(base, self._dict_item(value, value.node, index, frame))
        if isinstance(value, Rest):
            position = _position(index)
            if position is not None and position >= 0:
                return self.calls.positional(value.arguments, value.start + position)
        if isinstance(value, Keywords) and isinstance(index, ast.Constant):
            return entry(self, base, str(index.value))
        if isinstance(value, Parts):
            position = _position(index)
            part = value.items.get(position) if position is not None else None
            return [Found(part, base.trail)] if part is not None else []
        if isinstance(value, External):
            return [Found(Result(f"{value.name}[]", node, frame, (base,)), base.trail)]
        if isinstance(value, Instance) and isinstance(value.type, Scope):
            return self.calls.method(base, "__getitem__", node, frame) or [base]
        wanted = index.value if isinstance(index, ast.Constant) else (ast.unparse(index),)
        return _taken(self.elements(base), wanted)

    def _dict_item(self, value: Container, node: ast.Dict, index: ast.expr, frame: Frame) -> list[Found]:
        """The entry under a constant key; every entry if the key is not known."""
        wanted = {found.value.value for found in self.values(index, frame) if isinstance(found.value, Const)}
        keyed = [
            entry
            for key, entry in zip(node.keys, node.values, strict=True)
            if key is None or not isinstance(key, ast.Constant) or key.value in wanted
        ]
        chosen = keyed if len(wanted) == 1 and keyed else node.values
        return [found for entry in chosen for found in self.values(entry, value.frame)]

    def elements(self, base: Found) -> list[Found]:
        """What iterating over `base` can give; a value that is no container is its own element."""
        value = base.value
        if not isinstance(value, Container):
            if isinstance(value, Parts):
                return [Found(part, base.trail) for part in value.items.values()]
            if isinstance(value, Rest):
                given = value.arguments.positional[value.start :]
                return [item for node in given for item in self.values(node, value.arguments.frame)]
            if isinstance(value, Keywords):
                named = [node for name, node in value.arguments.keywords.items() if name not in value.taken]
                return [item for node in named for item in self.values(node, value.arguments.frame)]
            return [base]
        node = value.node
        inner: list[ast.expr]
        if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            inner = node.elts
        elif isinstance(node, ast.Dict):
            inner = node.values
        elif isinstance(node, ast.DictComp):
            inner = [node.value]
        elif isinstance(node, ast.BinOp):
            inner = [item for side in _lists(node) for item in side.elts]
        else:
            inner = [node.elt] if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)) else []
        # a table of a thousand rows is walked once, not each time that something loops over it
        found = self.once(("elements", node, value.frame.key), lambda: self._any_of(inner, value.frame))
        return self._from(base, found)

    def _any_of(self, nodes: list[ast.expr], frame: Frame) -> list[Found]:
        """What any of the expressions can be."""
        return distinct([found for node in nodes for found in self.values(node, frame)])

    def picked(self, founds: Iterable[Found], path: tuple[object, ...]) -> list[Found]:
        """The parts that nested unpacking takes: positions, or "*" for any element."""
        current = list(founds)
        for pick in path:
            following: list[Found] = []
            for base in current:
                value = base.value
                if isinstance(pick, int) and isinstance(value, Rest):
                    following += self.calls.positional(value.arguments, value.start + pick)
                elif isinstance(pick, int) and isinstance(value, Parts):
                    part = value.items.get(pick)
                    following += [Found(part, base.trail)] if part is not None else []
                elif (
                    isinstance(pick, int)
                    and isinstance(value, Container)
                    and isinstance(value.node, (ast.Tuple, ast.List))
                ):
                    elements = value.node.elts
                    if pick < len(elements) and not any(isinstance(item, ast.Starred) for item in elements[: pick + 1]):
                        following += self._from(base, self.values(elements[pick], value.frame))
                    else:
                        following += _taken(self.elements(base), pick)
                else:
                    following += _taken(self.elements(base), pick)
            current = distinct(following)
        return current

    def settled(self, found: Found, node: ast.AST, frame: Frame) -> Found:
        """`found` with a not-yet-called attribute of a library read as an attribute."""
        value = found.value
        if isinstance(value, Bound):
            read = self.libraries.attribute_value(value.api, value.receivers, value.node, value.frame)
            return Found(read, found.trail)
        catalog = self.catalog
        if not isinstance(value, External) or value.name in catalog.types:
            return found
        if value.name in catalog.sources or value.name in catalog.returns:
            return Found(self.libraries.attribute_value(value.name, (), node, frame), found.trail)
        return found

    def _from(self, base: Found, founds: list[Found]) -> list[Found]:
        """`founds`, reached through `base`."""
        return [found.after(base) for found in founds]


def _taken(founds: list[Found], pick: object) -> list[Found]:
    """What one place of a container can hold: what a library gives is another value in another place."""
    return [
        Found(Result(value.api, value.node, value.frame, value.receivers, (*value.part, pick)), found.trail)
        if isinstance(value := found.value, Result)
        else found
        for found in founds
    ]


def _lists(node: ast.BinOp) -> list[ast.List]:
    """The sides of an operation that are written as lists."""
    return [side for side in (node.left, node.right) if isinstance(side, ast.List)]


def _position(index: ast.expr) -> int | None:
    """A constant integer index, negative ones too."""
    if isinstance(index, ast.Constant) and isinstance(index.value, int):
        return index.value
    if isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub) and isinstance(index.operand, ast.Constant):
        value = index.operand.value
        return -value if isinstance(value, int) else None
    return None

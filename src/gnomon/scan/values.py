"""What an expression can be: the abstract values of the backward walk, and the frames they are seen from."""

import ast
from typing import TYPE_CHECKING

from gnomon.core.rule import SourceKind
from gnomon.core.site import StepRole
from gnomon.python.project import is_test_like
from gnomon.python.scopes import Scope
from gnomon.scan.identity import Name, named

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_STEPS = 40
"""A way longer than this is not told step by step."""


class Arguments:
    """What a call passes: expressions, seen from the caller's frame."""

    __slots__ = ("frame", "keywords", "node", "positional", "spreads")

    def __init__(
        self,
        node: ast.AST,
        positional: list[ast.expr],
        keywords: dict[str, ast.expr],
        frame: "Frame",
        spreads: tuple[ast.expr, ...] = (),
    ) -> None:
        self.node = node
        self.positional = positional
        self.keywords = keywords
        self.frame = frame
        self.spreads = spreads
        """Dictionaries spread into the call with `**`."""

    @property
    def spread(self) -> bool:
        """True if some arguments arrive through `*args`, so positions are not known."""
        return any(isinstance(arg, ast.Starred) for arg in self.positional)


def arguments_of(call: ast.Call, frame: "Frame") -> Arguments:
    """The arguments of a call expression."""
    keywords = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}
    spreads = tuple(keyword.value for keyword in call.keywords if keyword.arg is None)
    return Arguments(call, call.args, keywords, frame, spreads)


class Frame:
    """A scope as entered from one call site (or from anywhere, if `arguments` is None)."""

    __slots__ = ("arguments", "depth", "key", "outer", "receiver", "scope")

    def __init__(
        self,
        scope: Scope,
        arguments: Arguments | None = None,
        receiver: "Instance | None" = None,
        outer: "Frame | None" = None,
    ) -> None:
        self.scope = scope
        self.arguments = arguments
        self.receiver = receiver
        """What `self` is, if known."""
        self.outer = outer
        """Frame of the enclosing function, for closures."""
        self.depth: int = 0 if arguments is None else arguments.frame.depth + 1
        self.key: Name = named(
            id(scope),
            None if arguments is None else (id(arguments.node), arguments.frame.key),
            None if receiver is None else receiver.key,
            None if outer is None else outer.key,
        )

    def inside(self, scope: Scope) -> int:
        """How often `scope` is already entered on the way here."""
        count, frame = 0, self
        while True:
            count += frame.scope is scope
            if frame.arguments is None:
                return count
            frame = frame.arguments.frame


class Value:
    """Something an expression can be."""

    __slots__ = ("key",)
    key: tuple[object, ...]


class External(Value):
    """A name of a library that is not part of the target: module, class, function or constant."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name
        self.key = named("external", name)


class Module(Value):
    """A module of the target."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path
        self.key = named("module", path)


class Class(Value):
    """A class of the target."""

    __slots__ = ("scope",)

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.key = named("class", id(scope))


class Function(Value):
    """A function of the target, possibly bound to a receiver."""

    __slots__ = ("frame", "receiver", "scope")

    def __init__(self, scope: Scope, receiver: "Instance | None" = None, frame: Frame | None = None) -> None:
        self.scope = scope
        self.receiver = receiver
        self.frame = frame
        """Frame of the enclosing function, for closures."""
        self.key = named("function", id(scope), receiver.key if receiver else None, frame.key if frame else None)


class Instance(Value):
    """An object: of a declared library type (a name) or of a class of the target (a scope)."""

    __slots__ = ("belongs", "frame", "node", "type")

    def __init__(
        self,
        type_: str | Scope,
        node: ast.AST | None = None,
        frame: Frame | None = None,
        belongs: "tuple[Found, ...]" = (),
    ) -> None:
        self.type = type_
        self.belongs = belongs
        """The channel this one is a view or a connection of (`accept`, `makefile`, `wrap_socket`)."""
        self.node = node
        """The constructing call; None for `self` seen from anywhere."""
        self.frame = frame
        kind = type_ if isinstance(type_, str) else id(type_)
        self.key = named("instance", kind, id(node) if node else None, frame.key if frame else None)


class Bound(Value):
    """A method or attribute of a library object, not called yet."""

    __slots__ = ("api", "frame", "node", "receivers")

    def __init__(self, api: str, receivers: "tuple[Found, ...]", node: ast.AST, frame: Frame) -> None:
        self.api = api
        self.receivers = receivers
        self.node = node
        self.frame = frame
        self.key = named("bound", api, id(node), receivers[0].value.key if receivers else None)


class Partial(Value):
    """A callable with some arguments given in advance (`functools.partial`)."""

    __slots__ = ("arguments", "function")

    def __init__(self, function: "Found", arguments: Arguments) -> None:
        self.function = function
        self.arguments = arguments
        self.key = named("partial", function.value.key, id(arguments.node), arguments.frame.key)


class Container(Value):
    """A tuple, list, set, dict or comprehension as written."""

    __slots__ = ("frame", "node")

    def __init__(self, node: ast.expr, frame: Frame) -> None:
        self.node = node
        self.frame = frame
        self.key = named("container", id(node), frame.key)


class Parts(Value):
    """A tuple whose known items are values (`socket.accept()`)."""

    __slots__ = ("items", "node")

    def __init__(self, items: dict[int, Value], node: ast.AST) -> None:
        self.items = items
        self.node = node
        self.key = named("parts", id(node))


class Rest(Value):
    """What `*args` holds: the positional arguments of a call from some position on."""

    __slots__ = ("arguments", "start")

    def __init__(self, arguments: Arguments, start: int) -> None:
        self.arguments = arguments
        self.start = start
        self.key = named("rest", id(arguments.node), arguments.frame.key, start)


class Keywords(Value):
    """What `**kwargs` holds: the keyword arguments of a call that no parameter took."""

    __slots__ = ("arguments", "taken")

    def __init__(self, arguments: Arguments, taken: frozenset[str]) -> None:
        self.arguments = arguments
        self.taken = taken
        self.key = named("keywords", id(arguments.node), arguments.frame.key, taken)


class Const(Value):
    """A constant: number, bool, None, str or bytes."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value
        self.key = named("const", type(value).__name__, value)


class Text(Value):
    """A string computed by an expression (f-string, `+`, `%`, `format`)."""

    __slots__ = ("frame", "node")

    def __init__(self, node: ast.expr, frame: Frame) -> None:
        self.node = node
        self.frame = frame
        self.key = named("text", id(node), frame.key)


class Setting(Value):
    """A configuration value: somebody may set it, this is what it is if nobody does."""

    __slots__ = ("default", "frame", "name", "node")

    def __init__(self, name: str, node: ast.AST, frame: Frame, default: "tuple[Found, ...]") -> None:
        self.name = name
        self.node = node
        self.frame = frame
        self.default = default
        self.key = named("setting", name, id(node), frame.key)


class Outside(Value):
    """Data that came from outside the process."""

    __slots__ = ("api", "by_name", "channels", "frame", "kind", "node", "server")

    def __init__(
        self,
        kind: SourceKind,
        api: str,
        node: ast.AST,
        frame: Frame,
        channels: "tuple[Found, ...]" = (),
        server: str = "",
        *,
        by_name: bool = False,
    ) -> None:
        self.kind = kind
        self.api = api
        self.node = node
        self.frame = frame
        self.channels = channels
        """What the data was read from."""
        self.server = server
        """Declared type that stands for the server, when a library called us."""
        self.by_name = by_name
        """True if the receiver's type is unknown and only its method's name and the imports tell."""
        self.key = named("outside", kind, api, id(node), frame.key, *(item.value.key for item in channels))


class Dumped(Value):
    """Bytes that this process serialized itself."""

    __slots__ = ("frame", "node")

    def __init__(self, node: ast.AST, frame: Frame) -> None:
        self.node = node
        """The serializing call."""
        self.frame = frame
        self.key = named("dumped", id(node))


class Result(Value):
    """What a call or attribute of a library gives, when no model says what it is."""

    __slots__ = ("api", "frame", "node", "part", "receivers", "whole")

    def __init__(
        self, api: str, node: ast.AST, frame: Frame, receivers: "tuple[Found, ...]" = (), part: Name = ()
    ) -> None:
        self.api, self.node, self.frame = api, node, frame
        self.receivers, self.part = receivers, part
        """The positions and keys that were taken of it, one after the other: what stands elsewhere is another value."""
        self.whole = named("result", api, id(node), frame.key)
        self.key = named("part", self.whole, *part) if part else self.whole


class Opaque(Value):
    """A value the walk can't see through, and why."""

    __slots__ = ("frame", "library", "node", "parameter", "reason", "type")

    def __init__(
        self,
        reason: str,
        node: ast.AST,
        frame: Frame,
        *,
        parameter: str = "",
        type_: "Scope | None" = None,
        library: str = "",
    ) -> None:
        self.reason = reason
        self.node = node
        self.frame = frame
        self.parameter = parameter
        """Name of the parameter or attribute, if that is what it is."""
        self.type = type_
        """Class of the target that an annotation names."""
        self.library = library
        """Declared type that an annotation names."""
        self.key = named("opaque", reason, id(node), frame.key)


class Trail:
    """The steps from the expression asked about towards the origin; nearest first, tails shared."""

    __slots__ = ("first", "frame", "length", "node", "note", "rest", "role", "through_tests")

    def __init__(
        self, role: StepRole, node: ast.AST, frame: Frame, note: str, rest: "Trail | None", first: "Trail | None" = None
    ) -> None:
        self.first = first
        """Set if this is no step but a joint: all of `first`, then `rest`."""
        self.role = role
        self.node = node
        self.frame = frame
        self.note = note
        self.rest = rest
        self.through_tests: bool = (is_test_like(frame.scope.path) if first is None else first.through_tests) or (
            rest is not None and rest.through_tests
        )
        """True if the way leads through a test, an example or a benchmark."""
        own = 1 if first is None else first.length
        self.length: int = own if rest is None else rest.length + own

    def steps(self) -> "Iterator[Trail]":
        """The steps, nearest to the expression asked about first."""
        pending: list[Trail] = [self]
        while pending:
            cell = pending.pop()
            if cell.rest is not None:
                pending.append(cell.rest)
            if cell.first is not None:
                pending.append(cell.first)
            else:
                yield cell


class Found:
    """A value, and the trail that leads to it."""

    __slots__ = ("trail", "value")

    def __init__(self, value: Value, trail: Trail | None = None) -> None:
        self.value = value
        self.trail = trail

    def via(self, role: StepRole, node: ast.AST, frame: Frame, note: str) -> "Found":
        """The same value, one step further away."""
        return Found(self.value, Trail(role, node, frame, note, self.trail))

    def after(self, near: "Found") -> "Found":
        """The same value, reached by first going the way of `near`."""
        if near.trail is None or (self.trail is not None and self.trail.length + near.trail.length > MAX_STEPS):
            return self
        if self.trail is None:
            return Found(self.value, near.trail)
        return Found(self.value, Trail("propagation", near.trail.node, near.trail.frame, "", self.trail, near.trail))

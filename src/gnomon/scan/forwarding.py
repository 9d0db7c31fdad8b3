"""What is forwarded: bytes that come in through one ZeroMQ socket and go out through another."""

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from gnomon.python.facts import Binding
from gnomon.scan.addressing import EndpointCalls
from gnomon.scan.proxies import Proxies
from gnomon.scan.sockets import Identity, Sockets, Use, identity_of, is_same
from gnomon.scan.values import Container, Dumped, Found, Instance, Outside, Parts

if TYPE_CHECKING:
    from gnomon.python.scopes import Scope
    from gnomon.scan.evaluate import Evaluator

MAX_PARTS = 3
"""Containers inside one another that are searched for what was received."""
_SENDING = frozenset({"send", "send_multipart"})
_CHANGING = frozenset({"append", "extend", "insert", "__setitem__"})
"""Methods of a list of frames that put others into it."""
_Form = Literal["message", "frame"]


class Forwarding(Struct, frozen=True):
    """A call by which what some sockets receive leaves through others."""

    out_of: frozenset[Identity]
    into: frozenset[Identity]
    by: Use | None = None
    """The sending use; None for a library's proxy, which changes nothing."""
    unchanged: bool = True
    """True if the code shows that each frame leaves as it came."""


class Forwardings:
    """Finds what forwards between the sockets of a project."""

    def __init__(self, evaluator: "Evaluator", calls: EndpointCalls, sockets: Sockets) -> None:
        self.evaluator = evaluator
        self.sockets = sockets
        self.proxies = Proxies(evaluator, calls, lambda _, __: [])

    def all(self) -> list[Forwarding]:
        """Forwarding by the target's own code, then by proxies of the library."""
        return [*self._by_code(), *self._by_proxies()]

    def _by_code(self) -> Iterator[Forwarding]:
        for use in self.sockets.uses:
            if use.kind != "send" or use.call is None or use.name not in _SENDING or not use.call.args:
                continue
            self.evaluator.refill()
            parts = list(self._parts(self.evaluator.values(use.call.args[0], use.frame), 0))
            received = [part for part in parts if isinstance(part.value, Outside) and part.value.kind == "zmq"]
            if not received or any(isinstance(part.value, Dumped) for part in parts):
                continue
            values = [part.value for part in received if isinstance(part.value, Outside)]
            out_of = self._known(channel for value in values for channel in value.channels)
            if out_of and use.sockets and not out_of <= use.sockets.keys():
                unchanged = _Frames(use.frame.scope, values).are(use.call.args[0])
                yield Forwarding(out_of, frozenset(use.sockets), use, unchanged)

    def _by_proxies(self) -> Iterator[Forwarding]:
        """A proxy carries both ways, and gives those that listen in a copy of either."""
        for api, models in self.evaluator.catalog.proxies.items():
            for model in models:
                for each in self.proxies.of(api, model) if not model.data else ():
                    ends = [self._known(end) for end in each.ends]
                    copies = self._known(found for copy in each.copies for found in copy)
                    for here in ends:
                        others = frozenset[Identity]().union(copies, *(end for end in ends if end is not here))
                        if here and others:
                            yield Forwarding(here, others)

    def _parts(self, founds: Iterable[Found], depth: int) -> Iterator[Found]:
        """A message's frames, or what it is as a whole."""
        for item in founds:
            if isinstance(item.value, (Container, Parts)) and depth < MAX_PARTS:
                yield from self._parts(self.evaluator.elements(item), depth + 1)
            else:
                yield item

    def _known(self, founds: Iterable[Found]) -> frozenset[Identity]:
        """Which of the project's sockets these are."""
        made = [identity_of(item.value) for item in founds if isinstance(item.value, Instance) and item.value.node]
        return frozenset(known for known in self.sockets.all if any(is_same(known, own) for own in made))


def reached(start: Iterable[Identity], pairs: set[tuple[Identity, Identity]], known: list[Forwarding]) -> set[Identity]:
    """The sockets at which what is sent through `start` arrives: those that meet it, and those behind a forwarding.

    `pairs` has each two sockets that meet, both ways round.
    """
    arrived: set[Identity] = set()
    sending = set(start)
    pending = set(start)
    while pending:
        new = {other for one, other in pairs if one in pending} - arrived
        arrived |= new
        pending = {out for each in known if each.out_of & new for out in each.into} - sending
        sending |= pending
    return arrived


class _Frames:
    """Tells which expressions of a function are messages, or frames of them, as they were received."""

    def __init__(self, scope: "Scope", received: Iterable[Outside]) -> None:
        self.scope = scope
        self.given: dict[ast.AST, _Form] = {
            value.node: "message" if value.api.endswith("multipart") else "frame" for value in received
        }
        """The calls that receive."""

    def are(self, node: ast.expr) -> bool:
        """True for what may be sent: a message that was received, or its frames, with constants between them."""
        return self._form(node) is not None

    def _form(self, node: ast.expr) -> "_Form | None":
        match node:
            case ast.Await(value=inner):
                return self._form(inner)
            case ast.Constant():
                return "frame"
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                return "message" if all(self._is_part(part) for part in parts) else None
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return "message" if self._form(left) == self._form(right) == "message" else None
            case ast.Subscript(value=inner, slice=index) if self._form(inner) == "message":
                return "message" if isinstance(index, ast.Slice) else "frame"
            case ast.Name(id=name):
                return self._kept(name)
            case _:
                return self.given.get(node)

    def _is_part(self, part: ast.expr) -> bool:
        if isinstance(part, ast.Starred):
            return self._form(part.value) == "message"
        return self._form(part) == "frame"

    def _kept(self, name: str) -> "_Form | None":
        """What a name of the function's own is, if all that is bound to it is one thing, and nothing changes it."""
        forms = {self._bound(each, name) for each in self.scope.facts.bindings.get(name, ())}
        if len(forms) != 1 or any(self._changes(node) for node in self.scope.facts.names if node.id == name):
            return None
        return forms.pop()

    def _bound(self, binding: Binding, name: str) -> "_Form | None":
        value = binding.value
        if value is None or any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(value)):
            return None
        form = self._form(value)
        path = ("each",) if binding.kind == "for" else binding.path
        if binding.kind not in {"assign", "for"} or not path:
            return form if binding.kind == "assign" else None
        if form != "message" or len(path) > 1:
            return None
        return "message" if path == ("*",) else "frame"

    def _changes(self, node: ast.Name) -> bool:
        """True if frames are put into it, or if it is not seen what a method does with it."""
        parent = self.scope.facts.parents.get(node)
        if isinstance(parent, ast.Subscript):
            return parent.value is node and not isinstance(parent.ctx, ast.Load)
        if isinstance(parent, ast.Attribute):
            called = self.scope.facts.parents.get(parent)
            return isinstance(called, ast.Call) and called.func is parent and parent.attr in _CHANGING
        return False

"""What is serialized and sent: through which sockets, by which calls, and whether it goes anywhere else."""

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from gnomon.core.channel import Dump, Operation
from gnomon.core.shape import Shape, Unknown
from gnomon.python.facts import last_name
from gnomon.python.project import is_test_like
from gnomon.python.scopes import Scope
from gnomon.scan.forwarding import Forwarding
from gnomon.scan.holdings import Holdings
from gnomon.scan.libraries import library_target
from gnomon.scan.shapes import Shapes
from gnomon.scan.sockets import Identity, Socket, Sockets, Use
from gnomon.scan.values import Const, Container, Dumped, Found, Outside, Parts, Text

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator
    from gnomon.scan.loads import Arrival

MAX_PARTS = 3
"""Containers inside one another that are searched for what was dumped."""


class Sent:
    """One dump, and the calls that send it."""

    __slots__ = ("calls", "identities", "node", "scope", "sends")

    def __init__(self, node: ast.Call, scope: Scope, *, sends: bool = False) -> None:
        self.node = node
        self.scope = scope
        self.sends = sends
        self.calls: dict[ast.AST, Scope] = {}
        self.identities: set[Identity] = set()


class Dumps:
    """Finds what goes out."""

    def __init__(self, evaluator: "Evaluator", *, inside: bool = False) -> None:
        self.evaluator = evaluator
        self.inside = inside
        """True if it is asked what plain objects hold."""
        self._serializers = evaluator.catalog.inverses
        self.shapes = Shapes(evaluator)
        self.holdings = Holdings(self.shapes)

    def sent(self, sockets: Sockets) -> list[Sent]:
        """Every dump that goes out through a ZeroMQ socket."""
        found: dict[ast.AST, Sent] = {}
        for use in sockets.uses:
            if use.kind != "send" or use.call is None:
                continue
            if use.name == "send_pyobj":
                dump = found.setdefault(use.call, Sent(use.call, use.frame.scope, sends=True))
                _note(dump, use)
                continue
            for item in self._dumped(self._data(use.call, use), 0):
                if isinstance(item.node, ast.Call) and self._api(item.node, item.frame.scope) in self._serializers:
                    _note(found.setdefault(item.node, Sent(item.node, item.frame.scope)), use)
        return list(found.values())

    def unknown(self, inside: dict[Identity, Socket], forwardings: Iterable[Forwarding] = ()) -> Iterator[str]:
        """Calls that send through these sockets what could not be followed."""
        uses = {id(use): use for socket in inside.values() for use in socket.uses}
        forwarding = {id(each.by): each.unchanged for each in forwardings}
        for use in uses.values():
            if use.kind != "send" or use.call is None or use.name not in {"send", "send_multipart"}:
                continue
            what = f"what `{use.name}` sends at {use.frame.scope.path}:{use.call.lineno}"
            if id(use) in forwarding:
                if not forwarding[id(use)]:
                    yield f"{what} is received from another socket, and is not seen to be sent as it was"
                continue
            founds = self._data(use.call, use)
            if not self._dumped(founds, 0) and not all(self._is_plain(item) for item in founds):
                yield f"{what} could not be followed"

    def _is_plain(self, found: Found) -> bool:
        """True for bytes that are written out, or a message made of such."""
        if isinstance(found.value, (Container, Parts)):
            return all(self._is_plain(item) for item in self.evaluator.elements(found))
        return isinstance(found.value, (Const, Text))

    def _data(self, call: ast.Call, use: Use) -> list[Found]:
        given = call.args[:1] or [keyword.value for keyword in call.keywords if keyword.arg in ("data", "msg_parts")]
        self.evaluator.refill()
        return [item for node in given for item in self.evaluator.values(node, use.frame)]

    def _dumped(self, founds: Iterable[Found], depth: int) -> list[Dumped]:
        found: list[Dumped] = []
        for item in founds:
            if isinstance(item.value, Dumped):
                found.append(item.value)
            elif isinstance(item.value, (Container, Parts)) and depth < MAX_PARTS:
                found += self._dumped(self.evaluator.elements(item), depth + 1)
        return found

    def beside(self, arrival: "Arrival") -> tuple[list[Sent], str]:
        """Dumps in the class, the module or the folder of a load that can be its other side, and what is said of it."""
        scope = arrival.site.where[0]
        wanted = set(arrival.site.model.inverse)
        for word, scopes in self._around(scope, wanted):
            found = [dump for inner in scopes for dump in self._made(inner, wanted)]
            if found:
                sites = ", ".join(f"{dump.scope.path}:{dump.node.lineno}" for dump in found[:3])
                return found, f"the same {word} dumps, at {sites}"
        return (
            [],
            f"nothing beside {scope.path} dumps what `{arrival.site.api}` loads, and farther away is not searched",
        )

    def _around(self, scope: Scope, apis: set[str]) -> Iterator[tuple[str, Iterator[Scope]]]:
        """What lies around a load, nearest first."""
        if scope.class_around is not None:
            yield "class", scope.class_around.walk()
        yield "module", scope.module.walk()
        yield "folder", self._beside(scope, {api.rpartition(".")[2] for api in apis})

    def _beside(self, scope: Scope, names: set[str]) -> Iterator[Scope]:
        """The scopes of the other files of the folder that name such a call."""
        project = self.evaluator.project
        folder = scope.path.rpartition("/")[0]
        naming = {path for name in names for path in project.naming(name)}
        for path in sorted(naming):
            if path.rpartition("/")[0] == folder and is_test_like(path) == is_test_like(scope.path):
                module = project.module(path)
                yield from module.walk() if module is not None else ()

    def _made(self, scope: Scope, apis: set[str]) -> Iterator[Sent]:
        names = {api.rpartition(".")[2] for api in apis}
        for call in scope.facts.calls:
            if last_name(call.func) in names and self._api(call, scope) in apis:
                yield Sent(call, scope)

    def _api(self, call: ast.Call, scope: Scope) -> str:
        self.evaluator.refill()
        for target in self.evaluator.calls.targets(call, self.evaluator.root(scope)):
            api, _ = library_target(target.value)
            if api:
                return api
        return last_name(call.func)

    def described(self, dump: Sent) -> Dump:
        """The dump as a value."""
        node, scope = dump.node, dump.scope
        given = node.args[:1] or [keyword.value for keyword in node.keywords if keyword.arg == "obj"]
        value = given[0] if given and not isinstance(given[0], ast.Starred) else None
        waiting = scope.facts.parents.get(node)
        shape = self._shape(value, scope)
        return Dump(
            site=self.evaluator.site(node, scope),
            api="zmq.Socket.send_pyobj" if dump.sends else self._api(node, scope),
            qualname=scope.qualname,
            sends=dump.sends,
            awaited=self.evaluator.site(waiting, scope) if isinstance(waiting, ast.Await) else None,
            value=self.evaluator.site(value, scope) if value is not None else None,
            shape=shape,
            holdings=self.holdings.of(shape) if self.inside else (),
            sent_at=tuple(self.evaluator.site(call, home) for call, home in dump.calls.items()),
            direct=dump.sends or _is_direct(dump),
        )

    def _shape(self, value: ast.expr | None, scope: Scope) -> Shape:
        if value is None:
            return Unknown(why=f"what is sent in `{scope.qualname}` is given by `*`")
        return self.shapes.of(value, self.evaluator.root(scope))

    def operation(self, use: Use) -> Operation:
        """A use as a value."""
        scope = use.frame.scope
        waiting = scope.facts.parents.get(use.node)
        return Operation(
            site=self.evaluator.site(use.node, scope),
            kind=use.kind,
            name=use.name,
            receiver=self.evaluator.site(use.receiver, scope),
            awaited=self.evaluator.site(waiting, scope) if isinstance(waiting, ast.Await) else None,
            qualname=scope.qualname,
            answers=use.call is not None and use.kind == "send" and self._answers(use.call, use),
        )

    def _answers(self, call: ast.Call, use: Use) -> bool:
        """True if the first frame of a message that is written out is one that was received."""
        message = call.args[0] if call.args else None
        if not isinstance(message, (ast.List, ast.Tuple)) or not message.elts:
            return False
        self.evaluator.refill()
        found = [item.value for item in self.evaluator.values(message.elts[0], use.frame)]
        received = [value for value in found if isinstance(value, Outside) and value.kind == "zmq"]
        others = [value for value in found if value not in received]
        return bool(received) and all(isinstance(value, Const) and value.value is None for value in others)


def _note(dump: Sent, use: Use) -> None:
    dump.calls[use.node] = use.frame.scope
    dump.identities.update(use.sockets)


def _is_direct(dump: Sent) -> bool:
    """True if what is dumped goes into the sending calls and nowhere else."""
    if not dump.calls:
        return False
    parents = dump.scope.facts.parents
    if _sent_by(dump.node, parents) in dump.calls:
        return True
    kept = parents.get(dump.node)
    if not isinstance(kept, ast.Assign) or len(kept.targets) != 1 or not isinstance(kept.targets[0], ast.Name):
        return False
    name = kept.targets[0].id
    reads = [node for node in dump.scope.facts.names if node.id == name]
    alone = len(dump.scope.facts.bindings.get(name, ())) == 1
    return alone and bool(reads) and all(_sent_by(node, parents) in dump.calls for node in reads)


def _sent_by(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> ast.AST | None:
    """The call that a value is given to, alone or as a part of a message."""
    parent = parents.get(node)
    while isinstance(parent, (ast.List, ast.Tuple)):
        parent = parents.get(parent)
    return parent

"""Every ZeroMQ socket of a target: the calls that make them, and what is done with each."""

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from gnomon.python.facts import last_name
from gnomon.python.project import dotted_name, is_test_like
from gnomon.python.scopes import Scope
from gnomon.scan.factories import CONTEXT, SOCKET
from gnomon.scan.libraries import library_target
from gnomon.scan.selectors import selected
from gnomon.scan.values import Bound, Const, External, Found, Frame, Instance

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

Kind = Literal["send", "receive", "endpoint", "option", "wait", "close", "escape"]

POLLER = "zmq.Poller"
_KINDS: dict[Kind, tuple[str, ...]] = {
    "send": ("send", "send_multipart", "send_pyobj", "send_json", "send_string", "send_unicode", "send_serialized"),
    "receive": (
        *("recv", "recv_multipart", "recv_pyobj", "recv_json", "recv_string", "recv_unicode"),
        *("recv_serialized", "recv_into"),
    ),
    "endpoint": ("bind", "connect", "bind_to_random_port", "unbind", "disconnect"),
    "option": (
        *("setsockopt", "setsockopt_string", "setsockopt_unicode", "getsockopt", "getsockopt_string"),
        *("getsockopt_unicode", "set", "get", "set_string", "get_string", "set_hwm", "get_hwm"),
        *("subscribe", "unsubscribe"),
    ),
    "wait": ("poll",),
    "close": ("close",),
}
METHODS: dict[str, Kind] = {name: kind for kind, names in _KINDS.items() for name in names}
"""Methods of a socket: https://pyzmq.readthedocs.io/en/latest/api/zmq.html#socket"""
_OF_SOCKETS = frozenset(name for name in METHODS if "_" in name)
"""Those that hardly anything else has."""

_ONE_WAY: dict[str, frozenset[str]] = {"send": frozenset({"PULL", "SUB"}), "receive": frozenset({"PUSH", "PUB"})}
"""Types that never send, or receive: https://libzmq.readthedocs.io/en/latest/zmq_socket.html"""

Identity = tuple[int, ...]
"""The call that makes a socket, and the calls by which the function around it was entered."""


class Use:
    """One thing that is done with sockets."""

    __slots__ = ("call", "frame", "kind", "name", "node", "receiver", "sockets", "unsure")

    def __init__(
        self, node: ast.expr, frame: Frame, kind: Kind, name: str, receiver: ast.expr, *, call: ast.Call | None = None
    ) -> None:
        self.node = node
        """The call, or the target of an assignment, or the place where the socket is handed on."""
        self.frame = frame
        self.kind: Kind = kind
        self.name = name
        self.receiver = receiver
        self.call = call
        self.sockets: dict[Identity, Found] = {}
        self.unsure = False
        """True if it may be done with something else as well, or with sockets that could not be followed."""


class Socket:
    """One socket, as far as calls tell it from others: a factory makes one for each call of it."""

    __slots__ = ("contexts", "found", "identity", "types", "uses", "value")

    def __init__(self, found: Found, value: Instance, types: frozenset[str], contexts: tuple[Found, ...]) -> None:
        self.found = found
        self.value = value
        self.identity = identity_of(value)
        self.types = types
        """`PULL`; several if the code has it so; empty if that is not known."""
        self.contexts = contexts
        self.uses: list[Use] = []

    def allows(self, use: Use) -> bool:
        """False for what its type can't do: the name it is kept under has another socket then."""
        one_way = _ONE_WAY.get(use.kind)
        return one_way is None or not self.types or not self.types <= one_way


class Sockets:
    """Finds the sockets of a project and their uses, once.

    Tests and examples are left out, but for those beside one of `homes`, files that are asked about.
    """

    def __init__(self, evaluator: "Evaluator", homes: Iterable[str] = ()) -> None:
        self.evaluator = evaluator
        self.all: dict[Identity, Socket] = {}
        self.uses: list[Use] = []
        self._names: set[str] = set()
        """Last names of the expressions that were sockets."""
        folders = {path.rpartition("/")[0] for path in homes if is_test_like(path)}
        named = sorted(evaluator.project.naming("zmq"))
        paths = [path for path in named if not is_test_like(path) or path.rpartition("/")[0] in folders]
        for path in paths:
            self._made_in(path)
            self._used_in(path)
        if self.all:
            for path in paths:
                self._set_and_handed_on(path)
        self._tell_apart()

    def _tell_apart(self) -> None:
        """What is done inside a factory with the socket that it makes is done with each that a call of it gives."""
        for identity in list(self.all):
            longer = [other for other in self.all if other != identity and other[: len(identity)] == identity]
            if longer:
                shared = self.all.pop(identity)
                for other in longer:
                    self.all[other].uses += shared.uses
        for use in self.uses:
            use.sockets = {
                identity: found
                for seen, found in use.sockets.items()
                for identity, socket in self.all.items()
                if is_same(seen, identity) and socket.allows(use)
            }
        for socket in self.all.values():
            socket.uses = [use for use in socket.uses if socket.allows(use)]

    def _made_in(self, path: str) -> None:
        for call, scope in self.evaluator.project.calls_in(path, "socket"):
            self._kept(self._asked(call, self.evaluator.root(scope)))

    def _asked(self, node: ast.expr, frame: Frame) -> list[Found]:
        self.evaluator.refill()
        return self.evaluator.values(node, frame)

    def _used_in(self, path: str) -> None:
        project = self.evaluator.project
        for name, kind in METHODS.items():
            for call, scope in project.calls_in(path, name):
                if isinstance(call.func, ast.Attribute):
                    self._use(Use(call, self.evaluator.root(scope), kind, name, call.func.value, call=call))
            if name in _OF_SOCKETS:
                self._handed_methods(path, name)

    def _handed_methods(self, path: str, name: str) -> None:
        """`Thread(target=socket.send_pyobj)`: a method that somebody else will call."""
        for line in self.evaluator.project.mentions_in(path, name):
            around = self.evaluator.project.scope_at(path, line)
            for scope in around.with_lambdas() if around is not None else ():
                for node in scope.facts.references(name):
                    parent = scope.facts.parents.get(node)
                    called = isinstance(parent, ast.Call) and parent.func is node
                    if isinstance(node, ast.Attribute) and node.lineno == line and not called:
                        self._use(Use(node, self.evaluator.root(scope), "escape", name, node.value))

    def _use(self, use: Use) -> None:
        """Keeps a use, if it is one of a socket."""
        found = self._asked(use.receiver, use.frame)
        if any(isinstance(item.value, Instance) and self._is(item.value, POLLER) for item in found):
            return  # what was registered with it stands beside it
        use.sockets = self._kept(found)
        if not use.sockets:
            return
        others = [item for item in found if not isinstance(item.value, (Const, Instance))]
        use.unsure = bool(others) or self.evaluator.exhausted
        self._names.add(last_name(use.receiver))
        self.uses.append(use)
        for identity in use.sockets:
            self.all[identity].uses.append(use)

    def _kept(self, founds: list[Found]) -> dict[Identity, Found]:
        """Those of the values that are sockets, by who they are."""
        kept: dict[Identity, Found] = {}
        for item in founds:
            value = item.value
            if not isinstance(value, Instance) or value.node is None or not self._is(value, SOCKET):
                continue
            identity = identity_of(value)
            kept[identity] = item
            if identity not in self.all:
                self.all[identity] = Socket(item, value, self._types(item), tuple(self._contexts(value)))
        return kept

    def _is(self, value: Instance, wanted: str) -> bool:
        """True for an object of a library's type, or of a class of the target that is one."""
        catalog = self.evaluator.catalog
        if isinstance(value.type, str):
            return wanted in catalog.lineage(value.type)
        return wanted in self.evaluator.fields.classes.library_bases(value.type)

    def _types(self, socket: Found) -> frozenset[str]:
        value = socket.value
        if not isinstance(value, Instance) or not isinstance(value.node, ast.Call) or value.frame is None:
            return frozenset()
        arguments = self.evaluator.calls.arguments(value.node, value.frame)
        found = selected(self.evaluator, "new:0|socket_type", arguments, (socket,))
        names = [item.value.name for item in found if isinstance(item.value, External)]
        return frozenset(name.rpartition(".")[2] for name in names) if len(names) == len(found) else frozenset()

    def _contexts(self, value: Instance) -> Iterator[Found]:
        """The contexts that a socket can have been made by."""
        if isinstance(value.node, ast.Call) and isinstance(value.node.func, ast.Attribute) and value.frame is not None:
            for item in self._asked(value.node.func.value, value.frame):
                if isinstance(item.value, Instance) and self._is(item.value, CONTEXT):
                    yield item

    def _set_and_handed_on(self, path: str) -> None:
        """What is done with sockets beside calling their methods: attributes are set, and they are handed on."""
        module = self.evaluator.project.module(path)
        for scope in module.walk() if module is not None else ():
            frame = self.evaluator.root(scope)
            for store in scope.facts.stores:
                target = store.target
                if isinstance(target, ast.Attribute) and last_name(target.value) in self._names:
                    self._use(Use(target, frame, "option", target.attr, target.value))
            for call in scope.facts.calls:
                for given in (*call.args, *(keyword.value for keyword in call.keywords)):
                    if isinstance(given, (ast.Name, ast.Attribute)) and last_name(given) in self._names:
                        self._handed_on(given, call, frame)

    def _handed_on(self, given: ast.expr, call: ast.Call, frame: Frame) -> None:
        """A socket that is an argument: functions of the target are followed, libraries only as far as models go."""
        sockets = [item for item in self._asked(given, frame) if isinstance(item.value, Instance)]
        if not any(self._is(item.value, SOCKET) for item in sockets if isinstance(item.value, Instance)):
            return
        for target in self.evaluator.calls.targets(call, frame):
            api, _ = library_target(target.value)
            if api.startswith(f"{POLLER}."):
                self._use(Use(call, frame, "wait", api, given, call=call))
                return
            if api and not _holds(target.value) and last_name(call.func) not in self.evaluator.catalog.mutators:
                self._use(Use(call, frame, "escape", api, given, call=call))
                return


def _holds(value: object) -> bool:
    """True for the methods of Python's own containers, which are followed."""
    return isinstance(value, Bound) and value.api.partition(".")[0] in {"list", "dict", "set", "tuple"}


def identity_of(value: Instance) -> Identity:
    """What tells sockets apart: who made them, for whom."""
    identity = [id(value.node)]
    frame = value.frame
    while frame is not None and frame.arguments is not None:
        identity.append(id(frame.arguments.node))
        frame = frame.arguments.frame
    return tuple(identity)


def is_same(one: Identity, other: Identity) -> bool:
    """True if both can be the same socket: as far as both ways are known, they are the same."""
    return all(left == right for left, right in zip(one, other, strict=False))


def is_asyncio(call: ast.Call, scope: Scope) -> bool | None:
    """Whether the context that a call makes is one of zmq.asyncio, by its imported name; None if that does not tell."""
    dotted = dotted_name(call.func)
    head, _, rest = dotted.partition(".")
    names = [
        f"{binding.target}.{rest}"
        for home in _outward(scope)
        for binding in home.facts.bindings.get(head, ())
        if binding.kind == "import"
    ]
    if not names:
        return None
    return any(".asyncio" in name or ".future" in name for name in names)


def _outward(scope: Scope) -> Iterator[Scope]:
    current: Scope | None = scope
    while current is not None:
        yield current
        current = current.parent

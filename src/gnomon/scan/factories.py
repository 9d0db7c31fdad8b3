"""Sockets that factories of unseen libraries make: whoever is given a ZeroMQ context and an address makes one there."""

import ast
import builtins
import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gnomon.core.endpoint import Role
from gnomon.core.model import EndpointModel
from gnomon.python.facts import last_name
from gnomon.python.scopes import Scope
from gnomon.scan.addresses import Addresses
from gnomon.scan.pieces import Hole, Pieces, shown
from gnomon.scan.supposed import Supposed
from gnomon.scan.values import Arguments, Const, External, Found, Frame, Instance

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

CONTEXT, SOCKET = "zmq.Context", "zmq.Socket"
_PYTHONS_OWN = sys.stdlib_module_names | frozenset(dir(builtins))
"""Roots of names whose functions know nothing of ZeroMQ."""
_ENDPOINT = re.compile("^(\x01|tcp|ipc|inproc|udp|pgm|epgm|norm|tipc|vmci|vsock|wss?)://", re.IGNORECASE)
"""How an address of ZeroMQ begins: https://libzmq.readthedocs.io/en/latest/zmq_connect.html"""
_TELLING = re.compile(r"(?:^|[_.])(?:addr|address|endpoint|path|uri|url)(?:$|[_.\d])", re.IGNORECASE)
"""Names of what holds an address."""
_TYPES = re.compile(r"zmq\.(?:\w+\.)*(?:PAIR|PUB|SUB|REQ|REP|DEALER|ROUTER|PULL|PUSH|XPUB|XSUB|STREAM)")
_OPPOSITE: dict[Role, Role] = {"bind": "connect", "connect": "bind"}


class Factories:
    """Recognises calls of functions that are not in the scanned tree, by what they are given."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        self.addresses = Addresses(evaluator, lambda _: [])

    def socket(self, api: str, arguments: Arguments, node: ast.AST, frame: Frame) -> Supposed | None:
        """The socket that a call of a function no model knows gives, if it is given a context and an address."""
        given = dict(_places(arguments))
        if len(given) < 2 or not isinstance(node, ast.Call) or not self._may_make(api, frame):
            return None
        context = next((place for place, it in given.items() if self._is_context(it, arguments.frame)), None)
        if context is None:
            return None
        del given[context]
        address = self._address(given, arguments.frame)
        if address is None:
            return None
        role = self._role(address, arguments)
        return Supposed(
            node,
            frame,
            type_=SOCKET,
            endpoint=EndpointModel(api=(api,), role=role, channel="return", address=address),
            given=arguments,
            made_with=[it for it in given.values() if self._is_type(it, arguments.frame)][:1],
        )

    def _may_make(self, api: str, frame: Frame) -> bool:
        """True for a library's function in a file that has to do with ZeroMQ."""
        catalog = self.evaluator.catalog
        root, modules = api.partition(".")[0], catalog.modules_of(SOCKET)
        if root in _PYTHONS_OWN or root in modules or catalog.known(api):
            return False
        return self.evaluator.calls.imported(frame.scope.path, modules)

    def _is_context(self, node: ast.expr, frame: Frame) -> bool:
        if not isinstance(node, (ast.Name, ast.Attribute, ast.Call)):
            return False
        # most calls are given none: to find that out must not take what the bytes' own way needs
        return any(self._is_one(item) for item in self.evaluator.operand(node, frame))

    def _is_one(self, found: Found) -> bool:
        value = found.value
        if not isinstance(value, Instance):
            return False
        if isinstance(value.type, Scope):
            return CONTEXT in self.evaluator.fields.classes.library_bases(value.type)
        return value.type == CONTEXT

    def _is_type(self, node: ast.expr, frame: Frame) -> bool:
        """True for `zmq.PULL`, and for what can be nothing but one of those."""
        found = [item.value for item in self.evaluator.values(node, frame)]
        return bool(found) and all(isinstance(it, External) and bool(_TYPES.fullmatch(it.name)) for it in found)

    def _address(self, given: dict[str, ast.expr], frame: Frame) -> str | None:
        """Which argument is the address: what is written as one, else what is set elsewhere and called one."""
        texts = {place: self.addresses.of_address(self.evaluator.values(node, frame)) for place, node in given.items()}
        written = (place for place, found in texts.items() if any(map(_is_endpoint, found)))
        called = (
            place for place, found in texts.items() if any(_is_called_one(place, given[place], it) for it in found)
        )
        return next(written, None) or next(called, None)

    def _role(self, address: str, arguments: Arguments) -> Role:
        """By `bind=True` and its like, or by the keyword that the address is given as; else not known."""
        for role, opposite in _OPPOSITE.items():
            node = arguments.keywords.get(role)
            if address == f"|{role}":
                return role
            found = [item.value for item in self.evaluator.values(node, arguments.frame)] if node is not None else []
            told = {it.value if isinstance(it, Const) else None for it in found}
            if told in ({True}, {False}):
                return role if True in told else opposite
        return "unknown"


def _places(arguments: Arguments) -> Iterator[tuple[str, ast.expr]]:
    """The arguments by selector, those before a spread."""
    for position, node in enumerate(arguments.positional):
        if isinstance(node, ast.Starred):
            break
        yield str(position), node
    yield from ((f"|{name}", node) for name, node in arguments.keywords.items())


def _is_endpoint(pieces: Pieces) -> bool:
    return bool(_ENDPOINT.match(shown(pieces, plain=True)))


def _is_called_one(place: str, node: ast.expr, pieces: Pieces) -> bool:
    """True for what is only known at run time, if it, its argument or what sets it has the name of an address."""
    first = pieces[0] if pieces else None
    name = last_name(node.func if isinstance(node, ast.Call) else node)
    return isinstance(first, Hole) and any(_TELLING.search(word) for word in (place.lstrip("|"), name, first.name))

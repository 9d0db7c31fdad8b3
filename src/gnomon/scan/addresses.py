"""Address expressions -> the strings they can be, with holes for the parts that are only known at run time.

Every alternative is kept, since "either" is an answer.
"""

import ast
import re
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from gnomon.core.endpoint import Decider, Reach
from gnomon.core.model import AddressModel
from gnomon.python.project import is_test_like
from gnomon.scan.options import Options
from gnomon.scan.pieces import PAIR, Hole, HoleKind, Pieces, host_is_known
from gnomon.scan.selectors import expression
from gnomon.scan.values import (
    Bound,
    Const,
    Container,
    External,
    Found,
    Frame,
    Instance,
    Opaque,
    Outside,
    Parts,
    Result,
    Setting,
    Text,
    Value,
    arguments_of,
)

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

MAX_ALTERNATIVES = 16
"""Strings kept for one address expression."""
MAX_NESTING = 12
"""Questions inside questions before a part of an address counts as unknown."""
MAX_WITHIN = 2
"""Times that a call is looked into at once: `setting("A", setting("B", 1))` of a helper that reads a setting."""

_REQUESTS = frozenset({"zmq", "socket", "http", "websocket", "grpc", "redis", "kafka", "rpc"})
"""Source kinds whose data somebody else sends; members of one process group agree on addresses among themselves."""

_HOLES: dict[str, HoleKind] = {
    "<configured>": "configured",
    "<own-address>": "own",
    "<random>": "random",
    "<path>": "path",
    "<bound-address>": "bound",
}
_VARIABLE_READS = frozenset({"os.environ", "os.environ.get", "os.environ.pop", "os.environ.setdefault", "os.getenv"})
"""Reads of one environment variable as it is; what is made of it (`.split()`) is another text."""


class Addresses:
    """Computes address strings."""

    def __init__(
        self, evaluator: "Evaluator", reaches_of: Callable[[Found], list[Reach]], *, whole: bool = False
    ) -> None:
        self.evaluator = evaluator
        self.whole = whole
        """Compute what follows the host too: who can reach an address does not depend on it, who meets there does."""
        self.options = Options(evaluator)
        self._within: Counter[int] = Counter()
        """Calls whose defaults are being looked into."""
        self.reaches_of = reaches_of
        """Who can reach a channel: an address that came through one is chosen by whoever can."""

    def texts(self, node: ast.expr, frame: Frame, depth: int = 0) -> list[Pieces]:
        """What an address expression can be, at most MAX_ALTERNATIVES."""
        return self.of_values(self.evaluator.values(node, frame), depth)

    def of_values(self, founds: list[Found], depth: int = 0) -> list[Pieces]:
        """The strings that values stand for."""
        alternatives: list[Pieces] = []
        for found in founds:
            for parts in self._of_value(found.value, depth):
                if parts not in alternatives:
                    alternatives.append(parts)
        return alternatives[:MAX_ALTERNATIVES]

    def given(self, founds: list[Found], path: str, *, host: bool) -> list[Pieces]:
        """Addresses that a call in the file `path` is given, whole or their `host` alone.

        What tests and examples alone pass in is one way to call the code, and users will have others.
        """
        found = self.of_values(founds) if host else self.of_address(founds)
        if not is_test_like(path) and any(map(_is_sample, founds)):
            found.append((Hole("configured", "host" if host else "address", is_sample=True),))
        return found

    def _comes_from_afar(self, value: Outside) -> bool:
        """True if other hosts can reach the channel that the data came through."""
        if not value.channels:
            return True
        reaches = [reach for channel in value.channels for reach in self.reaches_of(channel)]
        return any(reach in ("any-host", "configurable") for reach in reaches)

    def _of_value(self, value: Value, depth: int) -> list[Pieces]:
        if depth > MAX_NESTING:
            return [(Hole("unknown", "…"),)]
        match value:
            case Const():
                return _constant(value.value)
            case Text():
                return self._computed(value.node, value.frame, depth + 1)
            case Setting():
                default = tuple(self.of_values(list(value.default), depth + 1))
                declared = self.options.own_deciders(value.name, value.frame.scope.module)
                origin = ("setting", id(value.node))
                return [(Hole("configured", value.name, default, deciders=declared, origin=origin),)]
            case Outside():
                sent = value.kind in _REQUESTS and not _is_answer(value) and self._comes_from_afar(value)
                kind: HoleKind = "request" if sent else "configured"
                return [(Hole(kind, value.api.rpartition(".")[2]),)]
            case External():
                return self._modelled(value.name, value, None, (), depth)
            case Result():
                return self._modelled(value.api, value, value.frame, value.receivers, depth)
            case Bound():
                read = self.evaluator.settled(Found(value), value.node, value.frame).value
                return self._of_value(read, depth + 1) if read.key != value.key else [(Hole("unknown", "computed"),)]
            case Opaque() if value.parameter:
                declared = self.options.of_parameter(value.parameter, value.frame.scope)
                named = ("parameter", id(value.node), value.parameter)
                return [(Hole("configured", value.parameter, deciders=declared, origin=named),)]
            case Opaque(node=ast.BinOp() as node):
                return [(Hole("unknown", "computed", origin=self._arithmetic(node, value.frame, depth)),)]
            case Container() | Parts():
                return [(Hole("unknown", "a container"),)]
        return [(Hole("unknown", "computed"),)]

    def _arithmetic(self, node: ast.BinOp, frame: Frame, depth: int) -> tuple[object, ...]:
        """Identity of what is computed: the same for the same operation on the same operands; empty if not known."""
        sides = [self.texts(side, frame, depth + 1) for side in (node.left, node.right)]
        if any(len(alternatives) != 1 for alternatives in sides):
            return ()
        operands = [tuple(part.origin if isinstance(part, Hole) else part for part in side) for (side,) in sides]
        return ("computed", type(node.op), *operands) if all(map(all, operands)) else ()

    def _modelled(
        self, api: str, value: Value, frame: Frame | None, receivers: tuple[Found, ...], depth: int
    ) -> list[Pieces]:
        """What a library's call or attribute contributes, by the longest modelled prefix of its name."""
        model = self._model(api)
        last = api.rpartition(".")[2] or api
        if model is None:
            for receiver in receivers:
                if isinstance(receiver.value, (Result, Outside, Setting)):
                    return [_renamed(parts, last) for parts in self._of_value(receiver.value, depth + 1)]
            return [(Hole("unknown", last, receivers=receivers, origin=_origin(value)),)]
        kind = _HOLES.get(model.value)
        if kind is None:
            return [(model.value,)]
        default = self._fallback(model, value, frame, depth)
        if not default and isinstance(value, Result) and isinstance(value.node, ast.Attribute):
            # an option that must be given, of a program that the target itself starts
            passed = self.options.passed(value.node.attr, value.frame.scope.module)
            given = [parts for node, home in passed for parts in self.texts(node, home, depth + 1)]
            if given:
                return given[:MAX_ALTERNATIVES]
        deciders = self._deciders(api, value) if kind == "configured" else ()
        name = self._setting_name(value, last)
        origin = tuple(deciders) or _origin(value)
        return [(Hole(kind, name, tuple(default), receivers, deciders, origin),)]

    def _deciders(self, api: str, value: Value) -> tuple[Decider, ...]:
        """The environment variable or the option that is read, if it is named literally."""
        if not isinstance(value, Result):
            return ()
        module = value.frame.scope.module
        if api.rstrip("()[]") in _VARIABLE_READS:
            name = _literal_key(value.node)
            return (Decider(kind="variable", name=name, path=module.path),) if name else ()
        if api.startswith("argparse.") and isinstance(value.node, ast.Attribute):
            return self.options.deciders(value.node.attr, module)
        return ()

    def _model(self, api: str) -> AddressModel | None:
        name = api
        while name:
            model = self.evaluator.catalog.addresses.get(name.rstrip("()[]"))
            if model is not None:
                return model
            name = name.rpartition(".")[0]
        return None

    def _fallback(self, model: AddressModel, value: Value, frame: Frame | None, depth: int) -> list[Pieces]:
        """What it is if nobody sets it. Settings that are one another's defaults, by one helper, come to an end."""
        node = id(getattr(value, "node", value))
        if self._within[node] >= MAX_WITHIN:
            return []
        self._within[node] += 1
        try:
            return self._default(model, value, frame, depth)
        finally:
            self._within[node] -= 1

    def _default(self, model: AddressModel, value: Value, frame: Frame | None, depth: int) -> list[Pieces]:
        if isinstance(value, Result) and isinstance(value.node, ast.Call) and frame is not None and model.default:
            node = expression(model.default, arguments_of(value.node, frame))
            return self.texts(node, frame, depth + 1) if node is not None else []
        if isinstance(value, Result) and isinstance(value.node, ast.Attribute) and frame is not None:
            declared = self.options.default(value.node.attr, frame.scope.module)
            return self.texts(*declared, depth + 1) if declared is not None else []
        return []

    @staticmethod
    def _setting_name(value: Value, last: str) -> str:
        """A name people recognise: the environment variable or option, else the last part of the API."""
        node = getattr(value, "node", None)
        if isinstance(node, ast.Subscript) or (isinstance(node, ast.Call) and last in ("get", "getenv", "pop")):
            return _literal_key(node) or last.rstrip("()[]")
        return last.rstrip("()[]")

    def _computed(self, node: ast.expr, frame: Frame, depth: int) -> list[Pieces]:
        match node:
            case ast.JoinedStr():
                return self._joined([self._piece(item) for item in node.values], frame, depth)
            case ast.BinOp(op=ast.Add()):
                return self._joined([node.left, node.right], frame, depth)
            case ast.BinOp(op=ast.Mod()):
                values = list(node.right.elts) if isinstance(node.right, ast.Tuple) else [node.right]
                return self._template(node.left, r"%[-#0-9. ]*[sdrxi]", values, {}, frame, depth)
            case ast.Call(func=ast.Attribute(attr="join"), args=[ast.List() | ast.Tuple() as listed]):
                return self._joined(list(listed.elts), frame, depth)
            case ast.Call(func=ast.Attribute(value=template)):
                named = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
                return self._template(template, r"\{([A-Za-z_0-9]*)[^{}]*\}", list(node.args), named, frame, depth)
        return self.texts(node, frame, depth)

    @staticmethod
    def _piece(node: ast.expr) -> ast.expr | str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        return node.value if isinstance(node, ast.FormattedValue) else node

    def _joined(self, pieces: "list[ast.expr | str] | list[ast.expr]", frame: Frame, depth: int) -> list[Pieces]:
        """Every combination of the pieces; what follows the host is not worth computing."""
        combined: list[Pieces] = [()]
        for piece in pieces:
            following: list[Pieces] = []
            if isinstance(piece, str):
                combined = [(*parts, piece) for parts in combined]
                continue
            if not self.whole and all(host_is_known(parts) for parts in combined):
                combined = [(*parts, Hole("random", _name_of(piece))) for parts in combined]
                continue
            alternatives = self.texts(piece, frame, depth + 1) or [(Hole("unknown", _name_of(piece)),)]
            for parts in combined:
                following += [(*parts, *alternative) for alternative in alternatives]
            combined = following[:MAX_ALTERNATIVES]
        return combined

    def _template(
        self,
        template: ast.expr,
        pattern: str,
        values: list[ast.expr],
        named: dict[str, ast.expr],
        frame: Frame,
        depth: int,
    ) -> list[Pieces]:
        """`%` formatting and `str.format`."""
        combined: list[Pieces] = []
        for parts in self.texts(template, frame, depth + 1):
            text = "".join(part if isinstance(part, str) else "" for part in parts)
            pieces: list[ast.expr | str] = []
            last = 0
            for position, match in enumerate(re.finditer(pattern, text)):
                pieces.append(text[last : match.start()])
                key = match.group(1) if match.groups() else ""
                index = int(key) if key.isdigit() else position
                value = named.get(key) or (values[index] if index < len(values) else None)
                pieces.append(value if value is not None else "{}")
                last = match.end()
            pieces.append(text[last:])
            combined += self._joined(pieces, frame, depth)
        return combined[:MAX_ALTERNATIVES]

    def of_address(self, founds: list[Found]) -> list[Pieces]:
        """Addresses given whole: a string, or a `(host, port)` tuple."""
        alternatives: list[Pieces] = []
        for found in founds:
            value = found.value
            if isinstance(value, Const) and not isinstance(value.value, (str, bytes)):
                continue
            if isinstance(value, Container) and isinstance(value.node, (ast.Tuple, ast.List)) and value.node.elts:
                host, *rest = value.node.elts
                port: Pieces = (":", Hole("random", _name_of(rest[0]))) if rest else ()
                if rest and isinstance(rest[0], ast.Constant):
                    port = (f":{rest[0].value!s}",)
                hosts = self.texts(host, value.frame, 1) or [(Hole("unknown", _name_of(host)),)]
                alternatives += [(PAIR, *parts, *port) for parts in hosts]
            else:
                alternatives += self._of_value(value, 0)
        return alternatives[:MAX_ALTERNATIVES]


def _is_sample(found: Found) -> bool:
    return isinstance(found.value, Const) and found.trail is not None and found.trail.through_tests


def _is_answer(value: Outside) -> bool:
    """True for what a server we asked has answered: it was not sent by whoever likes."""
    made_here = [isinstance(item.value, Instance) and isinstance(item.value.node, ast.Call) for item in value.channels]
    return value.kind in ("http", "grpc", "websocket") and bool(made_here) and all(made_here)


def _constant(value: object) -> list[Pieces]:
    match value:
        case bytes():
            return [(value.decode("latin-1"),)]
        case str():
            return [(value,)]
        case int() if not isinstance(value, bool):
            return [(f"{value:d}",)]
    return []


def _origin(value: Value) -> tuple[object, ...]:
    """Identity of the call or attribute that a text comes from: asked for twice, it may be another text."""
    return ("value", value.whole, value.part) if isinstance(value, Result) else ()


def _renamed(parts: Pieces, name: str) -> Pieces:
    """The same holes, called by the attribute that was read."""
    return tuple(
        Hole(part.kind, f"{part.name}.{name}" if part.name else name, (), part.receivers)
        if isinstance(part, Hole)
        else part
        for part in parts
    )


def _literal_key(node: ast.AST) -> str:
    """What `environ["NAME"]` and `getenv("NAME")` read, "" if it is computed."""
    key: ast.expr | None = None
    if isinstance(node, ast.Subscript):
        key = node.slice
    elif isinstance(node, ast.Call) and node.args:
        key = node.args[0]
    return str(key.value) if isinstance(key, ast.Constant) else ""


def _name_of(node: ast.expr | str) -> str:
    """A short name for a hole."""
    if isinstance(node, str):
        return node
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Call):
        return _name_of(node.func) + "()"
    if isinstance(node, ast.Constant):
        return str(node.value)
    return getattr(node, "id", "…")

"""Address expressions -> the strings they can be -> who can reach such an address.

Strings are computed with holes for the parts only known at run time; every alternative is kept, since "either" is an answer.
"""

import ast
import re
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from gnomon.core.endpoint import Reach, Transport
from gnomon.core.model import AddressModel
from gnomon.scan.selectors import expression
from gnomon.scan.values import (
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
MAX_NESTING = 12
HoleKind = Literal["configured", "own", "random", "path", "request", "bound", "unknown"]

_REQUESTS = frozenset({"zmq", "socket", "http", "websocket", "grpc", "redis", "kafka", "rpc"})
"""Source kinds whose data somebody else sends; members of one process group agree on addresses among themselves."""

_HOLES: dict[str, HoleKind] = {
    "<configured>": "configured",
    "<own-address>": "own",
    "<random>": "random",
    "<path>": "path",
    "<bound-address>": "bound",
}
_SCHEME = re.compile(r"^([a-z][a-z0-9+]*)://", re.IGNORECASE)
_SCHEMES: dict[str, Transport] = {
    "tcp": "tcp",
    "tcp4": "tcp",
    "tcp6": "tcp",
    "ws": "tcp",
    "wss": "tcp",
    "tls": "tcp",
    "ipc": "ipc",
    "unix": "ipc",
    "vsock": "ipc",
    "inproc": "inproc",
    "udp": "udp",
    "pgm": "udp",
    "epgm": "udp",
    "http": "http",
    "https": "http",
    "grpc": "grpc",
}
_BEGINS_WITH_HOST = re.compile(r"^(\*|localhost|\d+\.\d+\.\d+\.\d+|\[::1?\]):?")
_WILDCARDS = frozenset({"*", "0.0.0.0", "::", "[::]", "[::0]", "::0", "0", "0:0:0:0:0:0:0:0"})
_LOOPBACK = re.compile(r"^(localhost|127(\.\d+){1,3}|\[?::1\]?|ip6-localhost|lo0?)$", re.IGNORECASE)


class Hole:
    """A part of an address that is only known at run time."""

    __slots__ = ("default", "kind", "name", "receivers")

    def __init__(
        self, kind: HoleKind, name: str, default: "tuple[Parts_, ...]" = (), receivers: tuple[Found, ...] = ()
    ) -> None:
        self.kind = kind
        self.name = name
        self.default = default
        """What it is if nobody sets it."""
        self.receivers = receivers
        """For "bound": the channels whose bound address it is."""


Parts_ = tuple[str | Hole, ...]


class Address(Struct, frozen=True):
    """One alternative of an address, judged."""

    text: str
    transport: Transport
    reach: Reach
    note: str
    observed: bool
    """True if the deciding part was read literally from the code."""
    from_request: bool = False


class Addresses:
    """Computes address strings and judges them."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator

    # --- strings

    def texts(self, node: ast.expr, frame: Frame, depth: int = 0) -> list[Parts_]:
        """What an address expression can be, at most MAX_ALTERNATIVES."""
        return self.of_values(self.evaluator.values(node, frame), depth)

    def of_values(self, founds: list[Found], depth: int = 0) -> list[Parts_]:
        """The strings that values stand for."""
        alternatives: list[Parts_] = []
        for found in founds:
            for parts in self._of_value(found.value, depth):
                if parts not in alternatives:
                    alternatives.append(parts)
        return alternatives[:MAX_ALTERNATIVES]

    def _of_value(self, value: Value, depth: int) -> list[Parts_]:
        if depth > MAX_NESTING:
            return [(Hole("unknown", "…"),)]
        match value:
            case Const():
                return _constant(value.value)
            case Text():
                return self._computed(value.node, value.frame, depth + 1)
            case Setting():
                return [(Hole("configured", value.name, tuple(self.of_values(list(value.default), depth + 1))),)]
            case Outside():
                kind: HoleKind = "request" if value.kind in _REQUESTS and not _is_answer(value) else "configured"
                return [(Hole(kind, value.api.rpartition(".")[2]),)]
            case External():
                return self._modelled(value.name, value, None, (), depth)
            case Result():
                return self._modelled(value.api, value, value.frame, value.receivers, depth)
            case Opaque() if value.parameter:
                return [(Hole("configured", value.parameter),)]
            case Container() | Parts():
                return [(Hole("unknown", "a container"),)]
        return [(Hole("unknown", "computed"),)]

    def _modelled(
        self, api: str, value: Value, frame: Frame | None, receivers: tuple[Found, ...], depth: int
    ) -> list[Parts_]:
        """What a library's call or attribute contributes, by the longest modelled prefix of its name."""
        model = self._model(api)
        last = api.rpartition(".")[2] or api
        if model is None:
            for receiver in receivers:
                if isinstance(receiver.value, (Result, Outside, Setting)):
                    return [_renamed(parts, last) for parts in self._of_value(receiver.value, depth + 1)]
            if last in ("str", "int", "format", "rstrip", "strip", "lower"):
                return [(Hole("unknown", last),)]
            return [(Hole("unknown", last),)]
        kind = _HOLES.get(model.value)
        if kind is None:
            return [(model.value,)]
        default = self._fallback(model, value, frame, depth)
        return [(Hole(kind, self._setting_name(value, last), tuple(default), receivers),)]

    def _model(self, api: str) -> AddressModel | None:
        name = api
        while name:
            model = self.evaluator.catalog.addresses.get(name.rstrip("()[]"))
            if model is not None:
                return model
            name = name.rpartition(".")[0]
        return None

    def _fallback(self, model: AddressModel, value: Value, frame: Frame | None, depth: int) -> list[Parts_]:
        if isinstance(value, Result) and isinstance(value.node, ast.Call) and frame is not None and model.default:
            node = expression(model.default, arguments_of(value.node, frame))
            return self.texts(node, frame, depth + 1) if node is not None else []
        if isinstance(value, Result) and isinstance(value.node, ast.Attribute) and frame is not None:
            return self._option_default(value.node.attr, frame, depth)
        return []

    def _option_default(self, name: str, frame: Frame, depth: int) -> list[Parts_]:
        """The default of a command-line option, where the file declares it with `add_argument`."""
        option = "--" + name.replace("_", "-")
        scope = frame.scope.module
        for line in self.evaluator.project.mentions_in(scope.path, "add_argument"):
            around = self.evaluator.project.scope_at(scope.path, line)
            for call in around.facts.calls if around is not None else ():
                names = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
                if option in names or "--" + name in names or name in names:
                    for keyword in call.keywords:
                        if keyword.arg == "default" and around is not None:
                            return self.texts(keyword.value, self.evaluator.root(around), depth + 1)
        return []

    @staticmethod
    def _setting_name(value: Value, last: str) -> str:
        """A name people recognise: the environment variable or option, else the last part of the API."""
        node = getattr(value, "node", None)
        if isinstance(node, ast.Call) and last in ("get", "getenv", "pop") and node.args and isinstance(node.args[0], ast.Constant):
            return str(node.args[0].value)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            return str(node.slice.value)
        return last.rstrip("()[]")

    # --- computed strings

    def _computed(self, node: ast.expr, frame: Frame, depth: int) -> list[Parts_]:
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

    def _joined(self, pieces: "list[ast.expr | str] | list[ast.expr]", frame: Frame, depth: int) -> list[Parts_]:
        """Every combination of the pieces; what follows the host is not worth computing."""
        combined: list[Parts_] = [()]
        for piece in pieces:
            following: list[Parts_] = []
            if isinstance(piece, str):
                combined = [(*parts, piece) for parts in combined]
                continue
            if all(_host_is_known(parts) for parts in combined):
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
    ) -> list[Parts_]:
        """`%` formatting and `str.format`."""
        combined: list[Parts_] = []
        for parts in self.texts(template, frame, depth + 1):
            text = "".join(part if isinstance(part, str) else "" for part in parts)
            pieces: list[ast.expr | str] = []
            position = last = 0
            for match in re.finditer(pattern, text):
                pieces.append(text[last : match.start()])
                key = match.group(1) if match.groups() else ""
                index = int(key) if key.isdigit() else position
                value = named.get(key) or (values[index] if index < len(values) else None)
                position += 1
                pieces.append(value if value is not None else "{}")
                last = match.end()
            pieces.append(text[last:])
            combined += self._joined(pieces, frame, depth)
        return combined[:MAX_ALTERNATIVES]

    # --- host and port pairs

    def of_address(self, founds: list[Found], frame: Frame) -> list[Parts_]:
        """Addresses given whole: a string, or a `(host, port)` tuple."""
        alternatives: list[Parts_] = []
        for found in founds:
            value = found.value
            if isinstance(value, Container) and isinstance(value.node, (ast.Tuple, ast.List)) and value.node.elts:
                host, *rest = value.node.elts
                port: Parts_ = (":", Hole("random", _name_of(rest[0]))) if rest else ()
                if rest and isinstance(rest[0], ast.Constant):
                    port = (f":{rest[0].value!s}",)
                hosts = self.texts(host, value.frame, 1) or [(Hole("unknown", _name_of(host)),)]
                alternatives += [("\x00pair", *parts, *port) for parts in hosts]
            else:
                alternatives += self._of_value(value, 0)
        return alternatives[:MAX_ALTERNATIVES]


def _is_answer(value: Outside) -> bool:
    """True for what a server we asked has answered: it was not sent by whoever likes."""
    made_here = [isinstance(item.value, Instance) and isinstance(item.value.node, ast.Call) for item in value.channels]
    return value.kind in ("http", "grpc", "websocket") and bool(made_here) and all(made_here)


def _constant(value: object) -> list[Parts_]:
    match value:
        case bytes():
            return [(value.decode("latin-1"),)]
        case str():
            return [(value,)]
        case int() if not isinstance(value, bool):
            return [(f"{value:d}",)]
    return []


def _renamed(parts: Parts_, name: str) -> Parts_:
    """The same holes, called by the attribute that was read."""
    return tuple(
        Hole(part.kind, f"{part.name}.{name}" if part.name else name, (), part.receivers) if isinstance(part, Hole) else part
        for part in parts
    )


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


def _host_is_known(parts: Parts_) -> bool:
    """True if the text so far holds a whole scheme and host."""
    text = _shown(parts, plain=True)
    scheme = _SCHEME.match(text)
    if scheme is None:
        return False
    rest = text[scheme.end() :]
    return bool(re.match(r"^(\[[^\]]*\]|[^/:\[]+)[:/]", rest)) or scheme.group(1).lower() in ("ipc", "inproc")


def _shown(parts: Parts_, *, plain: bool = False) -> str:
    """The address as people read it; holes appear as `{name}`."""
    text = "".join(part if isinstance(part, str) else ("\x01" if plain else "{" + part.name + "}") for part in parts)
    return text.replace("\x00pair", "")


def judged(parts: Parts_, *, connects: bool, transport: Transport, empty_is_wildcard: bool) -> Address:
    """Who can reach one alternative of an address."""
    pair = bool(parts) and parts[0] == "\x00pair"
    parts = parts[1:] if pair else parts
    if parts and isinstance(parts[0], Hole):
        return _whole_hole(parts, parts[0], connects=connects, transport=transport, pair=pair)
    plain = _shown(parts, plain=True)
    scheme = _SCHEME.match(plain)
    if scheme is not None:
        transport = _SCHEMES.get(scheme.group(1).lower(), transport)
        rest = plain[scheme.end() :]
        host = _host(rest)
        hole = _first_hole(parts, len(scheme.group()))
    elif not pair and transport in ("http", "grpc") and plain.startswith("/"):
        return Address(_shown(parts), transport, "configurable", "a path below the client's base address", False)
    elif not pair and ("/" in plain or plain.startswith("\0")):
        return Address(_shown(parts), "ipc", "this-host", "a path of this host's file system", True)
    else:
        host, hole = (plain if pair and ":" not in plain else _host(plain)), _first_hole(parts, 0)
    text = _shown(parts)
    if transport in ("ipc", "inproc", "shm"):
        reach: Reach = "process" if transport == "inproc" else "this-host"
        word = "only threads of this process" if transport == "inproc" else "only processes of this host"
        return Address(text, transport, reach, f"{transport} reaches {word}", True)
    if host.strip("[]").startswith("\x01") and hole is not None:
        return _hole_address(text, hole, connects=connects, transport=transport)
    return _literal_address(text, host, connects=connects, transport=transport, empty_is_wildcard=empty_is_wildcard)


def _host(rest: str) -> str:
    """The host part of `host:port`."""
    if rest.startswith("["):
        return rest.partition("]")[0] + "]"
    if rest.count(":") > 1 and "\x01" not in rest:
        return rest.rpartition(":")[0]
    return re.split(r"[:/]", rest, maxsplit=1)[0]


def _first_hole(parts: Parts_, offset: int) -> Hole | None:
    """The hole that stands at a character offset."""
    position = 0
    for part in parts:
        if isinstance(part, Hole):
            if position >= offset:
                return part
            position += 1
        else:
            position += len(part)
    return None


def _whole_hole(parts: Parts_, hole: Hole, *, connects: bool, transport: Transport, pair: bool) -> Address:
    """An address whose beginning, and so whose transport, is only known at run time."""
    if transport in ("ipc", "shm") or (hole.kind == "path" and not pair):
        return Address(_shown(parts), "ipc", "this-host", "a path of this host's file system", False)
    if len(parts) > 1 and isinstance(parts[1], str) and _BEGINS_WITH_HOST.match(parts[1]):
        # `f"{scheme}127.0.0.1:{port}"`: the scheme is configured, the host is not
        text = _shown(parts)
        return _literal_address(text, _host(parts[1]), connects=connects, transport=transport, empty_is_wildcard=False)
    return _hole_address(_shown(parts), hole, connects=connects, transport=transport)


def _hole_address(text: str, hole: Hole, *, connects: bool, transport: Transport) -> Address:
    match hole.kind:
        case "request":
            if connects:
                note = "the peer's address is taken from a request: whoever sends it chooses the peer"
                return Address(text, transport, "any-host", note, True, from_request=True)
            return Address(text, transport, "configurable", "the address is taken from a request", False)
        case "own":
            note = "the machine's own network address, found at run time"
        case "configured":
            defaults = " or ".join(_shown(parts) for parts in hole.default[:3])
            note = f"`{hole.name}` decides" + (f"; the default is {defaults}" if defaults else "")
        case _:
            note = f"`{hole.name}` is computed at run time"
    return Address(text, transport, "configurable", note, hole.kind in ("own", "configured"))


def _literal_address(text: str, host: str, *, connects: bool, transport: Transport, empty_is_wildcard: bool) -> Address:
    if _LOOPBACK.match(host) or _LOOPBACK.match(host.strip("[]")):
        return Address(text, transport, "this-host", f"{host} is the loopback interface", True)
    if connects:
        return Address(text, transport, "configurable", f"connects out to {host}", True)
    if host in _WILDCARDS or host.strip("[]") in _WILDCARDS or (host == "" and empty_is_wildcard):
        return Address(text, transport, "any-host", f"{host or 'an empty host'} listens on every interface", True)
    if host == "":
        return Address(text, transport, "unknown", "no host is given", False)
    return Address(text, transport, "any-host", f"{host} is an address other hosts can route to", True)

"""Where an address that listens on every interface is written: at the bind itself, or in a default that it takes."""

import ast
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from gnomon.core.endpoint import Decider
from gnomon.core.site import CodeSite, Span
from gnomon.fix.sources import Sources, span_of
from gnomon.python.facts import defaults, last_name

_HOST = re.compile(r"""(?P<lead>://|["'])(?P<host>\*|0\.0\.0\.0|\[::0?\]|::0?)(?=[:/"'{]|$)""")
_QUOTED_STAR = re.compile(r"""["']\*:?["']""")
_EMPTY = ("''", '""')
_NAMESPACE = "argparse.Namespace"
_MAX_STEPS = 40
"""Expressions that are looked at for one address."""
_MAX_USERS = 3
"""Other places that use a value, as they are told."""


class Written(Struct, frozen=True, kw_only=True):
    """A literal with a host that stands for every interface."""

    path: str
    span: Span
    """The whole literal."""
    code: str
    host: str
    """As written; "" for an empty one."""
    start: int
    """Where the host begins in `code`, in characters."""
    what: str = ""
    """What it is the default of, such as "the default of `--host`"; "" if it stands where it is bound."""
    users: tuple[str, ...] = ()
    """Who else is given it: clauses. Untrusted text."""

    def with_host(self, host: str) -> str:
        """The literal with another host in it."""
        return self.code[: self.start] + host + self.code[self.start + len(self.host) :]


def written(site: CodeSite, deciders: Iterable[Decider], sources: Sources) -> tuple[Written, ...]:
    """The literals that a call which binds at `site` gets a wide host from; none if they were not found."""
    search = _Search(sources)
    call = sources.call(site.path, site.span)
    if call is not None:
        for value in (*call.args, *(keyword.value for keyword in call.keywords)):
            search.look(site.path, value, first=value is call.args[0] if call.args else False)
    for decider in deciders if not search.of_one_class else ():
        search.decided(decider)
    return tuple(dict.fromkeys(search.found))


class _Search:
    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.found: list[Written] = []
        self._seen: set[tuple[str, Span | None]] = set()
        self.of_one_class = False
        """True if the address is in a field of a class that is named where it is read: no option then decides it."""

    def look(
        self, path: str, node: ast.expr, *, first: bool = False, what: str = "", users: tuple[str, ...] = ()
    ) -> None:
        """Adds what an expression has, wherever its parts come from."""
        key = (path, span_of(node))
        if key in self._seen or len(self._seen) >= _MAX_STEPS:
            return
        self._seen.add(key)
        match node:
            case ast.Constant(value=str()) | ast.JoinedStr():
                self._literal(path, node, first=first, what=what, users=users)
            case ast.Tuple(elts=[host, *_]):
                self.look(path, host, first=True, what=what, users=users)
            case ast.Name():
                self._name(path, node)
            case ast.Attribute():
                self._attribute(path, node)
            case ast.Call():
                self._call(path, node)
        for part in _parts(node):
            self.look(path, part, first=first, what=what, users=users)

    def _literal(self, path: str, node: ast.expr, *, first: bool, what: str, users: tuple[str, ...]) -> None:
        span = span_of(node)
        code = self.sources.code(path, span) if span is not None else ""
        matches = [match for match in _HOST.finditer(code) if match["lead"] == "://" or _may_stand_alone(match, code)]
        if span is None or len(matches) > 1 or "\n" in code:
            return
        if matches:
            host, start = matches[0]["host"], matches[0].start("host")
        elif first and code in _EMPTY:
            host, start = "", 1
        else:
            return
        self.found.append(Written(path=path, span=span, code=code, host=host, start=start, what=what, users=users))

    def _name(self, path: str, node: ast.Name) -> None:
        span = span_of(node)
        function = self.sources.function(path, span) if span is not None else None
        if function is not None and not isinstance(function, ast.Lambda):
            default = dict(defaults(function)).get(node.id)
            if default is not None:
                users = (f"every caller of `{function.name}` in {path} that leaves `{node.id}` out gets it too",)
                self.look(path, default, what=f"the default of the parameter `{node.id}`", users=users)
            for value in _assigned(function, node.id):
                self.look(path, value)
        module = self.sources.module(path)
        for value in _assigned(module, node.id, nested=False) if module is not None else ():
            self.look(path, value, what=f"`{node.id}`", users=self._others(node.id))

    def _attribute(self, path: str, node: ast.Attribute) -> None:
        """What the field holds by default, or is assigned: of the class that is named, else of any in the same file.

        If there is none, of those in one other file.
        """
        name, of = node.attr, self._class_of(path, node.value)
        if of == _NAMESPACE:
            return
        own = list(self._fields(path, name, of))
        others = [other for other in self._naming(name) if other != path]
        elsewhere = [(other, value) for other in others for value in self._fields(other, name, of)]
        values = [(path, value) for value in own] or (elsewhere if len({other for other, _ in elsewhere}) == 1 else [])
        self.of_one_class = bool(of and values)
        for where, (value, what) in values:
            self.look(where, value, what=f"{what} `{name}`", users=self._others(name))

    def _class_of(self, path: str, receiver: ast.expr) -> str:
        """The class that an object is said to be of, by an annotation or its making; _NAMESPACE for parsed options."""
        span = span_of(receiver)
        function = self.sources.function(path, span) if span is not None else None
        scope = function if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) else self.sources.module(path)
        if not isinstance(receiver, ast.Name) or scope is None:
            return ""
        for value in _assigned(scope, receiver.id):
            if isinstance(value, ast.Call):
                called = last_name(value.func)
                return _NAMESPACE if called.startswith("parse_") else called if called[:1].isupper() else ""
        for parameter in ast.walk(scope):
            if isinstance(parameter, ast.arg) and parameter.arg == receiver.id and parameter.annotation is not None:
                named = last_name(parameter.annotation)
                return _NAMESPACE if named == "Namespace" else named
        return ""

    def _fields(self, path: str, name: str, of: str) -> Iterator[tuple[ast.expr, str]]:
        """Expressions that a field of a class holds, and what they are."""
        module = self.sources.module(path)
        for node in ast.walk(module) if module is not None else ():
            if isinstance(node, ast.ClassDef) and of in ("", node.name):
                values = [*_assigned(node, name, nested=False), *_kept(node, name)]
                yield from ((value, "the default of") for value in values)
                yield from ((value, "what a caller gets of") for value in _returned(node, name))

    def _naming(self, name: str) -> list[str]:
        """Python files whose text has the name."""
        word = name.encode()
        return [path for path in sorted(self.sources.python) if word in self.sources.data(path)]

    def _call(self, path: str, node: ast.Call) -> None:
        """`os.environ.get("HOST", "0.0.0.0")`, `field(default="0.0.0.0")`."""
        called = last_name(node.func)
        if called in ("get", "getenv") and len(node.args) == 2 and isinstance(node.args[0], ast.Constant):
            name = str(node.args[0].value)
            what = f"what stands in for `{name}`"
            self.look(path, node.args[1], what=what, users=(f"every start without `{name}` gets it too",))
        elif called in ("field", "Field"):
            for value in (*node.args[:1], *_keyword(node, "default")):
                self.look(path, value)
        elif called:
            self._function(path, called)

    def _function(self, path: str, name: str) -> None:
        """What the one function of that name returns, in this file or, if it has none, in the others."""
        own = self.sources.module(path)
        found = [(path, value) for value in (_returned(own, name) if own is not None else ())]
        for other in self._naming(name) if not found else ():
            module = self.sources.module(other)
            found += [(other, value) for value in (_returned(module, name) if module is not None else ())]
        if len({where for where, _ in found}) == 1:
            for where, value in found:
                self.look(where, value, what=f"what a caller gets of `{name}`", users=self._others(name))

    def decided(self, decider: Decider) -> None:
        """The default of an option, or what stands in for a variable, in the file that declares it."""
        module = self.sources.module(decider.path)
        for node in ast.walk(module) if module is not None else ():
            if not isinstance(node, ast.Call):
                continue
            named = any(isinstance(value, ast.Constant) and value.value == decider.name for value in node.args)
            if named and decider.kind == "variable":
                self._call(decider.path, node)
            elif named:
                users = (f"every start without `{decider.name}` gets it too",)
                for value in _keyword(node, "default"):
                    self.look(decider.path, value, what=f"the default of `{decider.name}`", users=users)

    def _others(self, name: str) -> tuple[str, ...]:
        """Where else the name is read, of this file and others."""
        pattern = re.compile(rf"\b{re.escape(name)}\b")
        found: list[str] = []
        for file in self._naming(name):
            lines = self.sources.text(file).split("\n")
            found += [f"{file}:{number}" for number, line in enumerate(lines, start=1) if pattern.search(line)]
        more = f" and {len(found) - _MAX_USERS} more" if len(found) > _MAX_USERS else ""
        return (f"`{name}` is named at {', '.join(found[:_MAX_USERS])}{more}",) if len(found) > 1 else ()


def _may_stand_alone(match: re.Match[str], code: str) -> bool:
    """True for a whole literal, or one that goes on with a port; a `*` alone is many other things."""
    return match["host"] != "*" or _QUOTED_STAR.fullmatch(code.lstrip("rRuUfFbB")) is not None


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    """Expressions whose value can be, or be within, that of the node."""
    match node:
        case ast.JoinedStr(values=values):
            yield from (value.value for value in values if isinstance(value, ast.FormattedValue))
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod(), right=right):
            yield from (left, right)
        case ast.BoolOp(values=values):
            yield from values
        case ast.IfExp(body=body, orelse=other):
            yield from (body, other)
        case ast.Call(func=ast.Attribute(value=text, attr="format")):
            yield from (text, *node.args, *(keyword.value for keyword in node.keywords))
        case ast.Call(func=ast.Name(id="str")):
            yield from node.args


def _assigned(scope: ast.AST, name: str, *, nested: bool = True) -> Iterator[ast.expr]:
    """Values that a scope assigns to a name, in nested blocks too if wanted."""
    nodes = ast.walk(scope) if nested else ast.iter_child_nodes(scope)
    for node in nodes:
        match node:
            case ast.Assign(targets=targets, value=value):
                if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                    yield value
            case ast.AnnAssign(target=ast.Name(id=bound), value=ast.expr() as value) if bound == name:
                yield value


def _kept(scope: ast.ClassDef, name: str) -> Iterator[ast.expr]:
    """Values that methods assign to an attribute: `self.host = host`."""
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Attribute) and target.attr == name for target in targets):
                yield node.value


def _returned(scope: ast.AST, name: str) -> Iterator[ast.expr]:
    """Values that a function or property of that name returns, directly in a class or module."""
    for node in ast.iter_child_nodes(scope):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            returns = (each for each in ast.walk(node) if isinstance(each, ast.Return))
            yield from (each.value for each in returns if each.value is not None)


def _keyword(call: ast.Call, name: str) -> Iterator[ast.expr]:
    return (keyword.value for keyword in call.keywords if keyword.arg == name)

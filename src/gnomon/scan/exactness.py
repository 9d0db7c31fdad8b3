"""How much of the module and name that `find_class` is asked for its tests hold: all, one of them, or a part."""

import ast
from itertools import pairwise

from gnomon.python.facts import Facts
from gnomon.python.order import ancestors, guards
from gnomon.python.project import dotted_name

_MAX_DEPTH = 8
"""Variables that stand for one another."""
_Held = frozenset[str]
"""Variables whose value, and expressions whose outcome, is one of a fixed set."""
NOTHING: _Held = frozenset()


class Asked:
    """The module and name that a `find_class` is asked for, and what is made of them there."""

    def __init__(self, facts: Facts, module: str, name: str) -> None:
        self.facts = facts
        self.module = module
        self.name = name
        self.names = _derived(facts, {name})
        """Variables made of the name."""
        self.either = _derived(facts, {module, name})
        """Variables made of the module or the name."""

    def parts(self, node: ast.expr, depth: int = 0) -> _Held:
        """What an expression says whole, so that to know its value is to know them: of `(module, name)`, both.

        Of what is cut or changed it is the outcome alone: `name.split(".")[0]` says nothing of the rest of the name.
        """
        inner: list[ast.expr]
        match node:
            case ast.Constant():
                return NOTHING
            case ast.Name(id=name):
                value = self._stands_for(name) if depth < _MAX_DEPTH else None
                return frozenset({name}) if value is None else self.parts(value, depth + 1)
            case ast.Tuple(elts=inner) | ast.List(elts=inner) | ast.JoinedStr(values=inner):
                pass
            case ast.BinOp(op=ast.Add() | ast.Mod(), left=left, right=right):
                inner = [left, right]
            case ast.FormattedValue(value=value, conversion=-1 | 115, format_spec=None):
                inner = [value]
            case ast.Call(func=ast.Name(id="str" | "tuple"), args=[value], keywords=[]):
                inner = [value]
            case ast.Call(func=ast.Attribute(attr="format" | "join", value=ast.Constant()), args=inner, keywords=[]):
                pass
            case _:
                return frozenset({ast.unparse(node)})
        return NOTHING.union(*(self.parts(part, depth) for part in inner))

    def held_at(self, node: ast.AST) -> _Held:
        """What is one of a fixed set where a node runs, by all tests around and before it."""
        tested = [self.held(test, needed=needed) for test, needed in guards(node, self.facts)]
        cases = [
            self.parts(outer.subject)
            for (_, case), (_, outer) in pairwise(ancestors(node, self.facts))
            if isinstance(case, ast.match_case) and isinstance(outer, ast.Match) and _is_written(case.pattern)
        ]
        return NOTHING.union(*tested, *cases)

    def held(self, test: ast.expr, *, needed: bool, depth: int = 0) -> _Held:
        """What is one of a fixed set if the test comes out as needed."""
        match test:
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return self.held(inner, needed=not needed, depth=depth)
            case ast.BoolOp(op=op, values=values):
                outcomes = [self.held(value, needed=needed, depth=depth) for value in values]
                return NOTHING.union(*outcomes) if isinstance(op, ast.And) == needed else _common(outcomes)
            case ast.Name(id=name) if depth < _MAX_DEPTH:
                value = self._stands_for(name)
                return self.held(value, needed=needed, depth=depth + 1) if value is not None else NOTHING
            case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq() as op], comparators=[right]):
                sides = [side for side in (left, right) if mentions(side, self.either)]
                equal = isinstance(op, ast.Eq) == needed and len(sides) == 1
                return self.parts(sides[0]) if equal else NOTHING
            case ast.Compare(left=left, ops=[ast.In() | ast.NotIn() as op], comparators=[right]):
                listed = self._listed_for(right) if isinstance(op, ast.In) == needed else None
                return self.parts(left) | listed if listed is not None else NOTHING
        return NOTHING

    def is_given(self, node: ast.AST, held: _Held, seen: _Held = NOTHING) -> bool:
        """True if all that an expression takes of module and name is held."""
        if not mentions(node, self.either):
            return True
        if isinstance(node, ast.expr) and self.parts(node) <= held:
            return True
        if isinstance(node, ast.Name):
            bindings = self.facts.bindings.get(node.id, ())
            values = [binding.value for binding in bindings if binding.value is not None]
            known = bool(values) and len(values) == len(bindings)
            inside = seen | {node.id}
            return node.id in seen or (known and all(self.is_given(value, held, inside) for value in values))
        return all(self.is_given(child, held, seen) for child in ast.iter_child_nodes(node))

    def _stands_for(self, name: str) -> ast.expr | None:
        """The only value of a variable, unless that is made of what is given another value somewhere."""
        bindings = self.facts.bindings.get(name, [])
        only = bindings[0] if len(bindings) == 1 else None
        value = only.value if only is not None and only.kind == "assign" and not only.path else None
        if value is None:
            return None
        used = {part.id for part in ast.walk(value) if isinstance(part, ast.Name)}
        return value if all(len(self.facts.bindings.get(other, ())) < 2 for other in used) else None

    def _listed_for(self, listing: ast.expr, depth: int = 0) -> _Held | None:
        """What is held by being in a list: of `ALLOWED[module]` the module; None if it is no fixed list."""
        if isinstance(listing, ast.Constant):
            return None  # a part of a text
        if not mentions(listing, self.either):
            return self._chosen_for(listing.id) if isinstance(listing, ast.Name) else NOTHING
        match listing:
            case ast.Name(id=name) if depth < _MAX_DEPTH:
                value = self._stands_for(name)
                return self._listed_for(value, depth + 1) if value is not None else None
            case ast.Subscript(value=table, slice=key) if self._is_table(table):
                return self.parts(key)
            case ast.Call(func=ast.Attribute(attr="get", value=table), args=[key, *other]) if self._is_table(table):
                return self.parts(key) if all(_is_empty(item) for item in other) else NOTHING
        return None

    def _chosen_for(self, name: str) -> _Held:
        """What is held wherever a variable is given one of several lists: `if module == "numpy": allowed = …`."""
        bindings = self.facts.bindings.get(name, ())
        filled = [each for each in bindings if each.value is None or not _is_empty(each.value)]
        return _common([self.held_at(binding.node) for binding in filled])

    def _is_table(self, node: ast.expr) -> bool:
        return not mentions(node, self.either) and not is_namespace(node)


def mentions(node: ast.AST, names: set[str]) -> bool:
    """True if one of the variables stands somewhere in the expression."""
    return any(isinstance(part, ast.Name) and part.id in names for part in ast.walk(node))


def is_namespace(node: ast.expr) -> bool:
    """`vars(module)[name]`, `module.__dict__[name]`, `sys.modules[name]`, `__builtins__[name]` look up anything."""
    known = ("__dict__", "__builtins__")
    named = isinstance(node, ast.Call) or getattr(node, "attr", getattr(node, "id", "")) in known
    return named or dotted_name(node) == "sys.modules"


def _derived(facts: Facts, names: set[str]) -> set[str]:
    """Names of variables computed from the given ones (`key = (module, name)`, `full = f"{module}.{name}"`)."""
    found = set(names)
    for name, bindings in facts.bindings.items():
        for binding in bindings:
            if binding.value is not None and mentions(binding.value, found):
                found.add(name)
    return found


def _common(outcomes: list[_Held]) -> _Held:
    return outcomes[0].intersection(*outcomes[1:]) if outcomes else NOTHING


def _is_written(pattern: ast.pattern) -> bool:
    """True for values, alternatives of values and tuples of them; a name in a pattern matches anything."""
    match pattern:
        case ast.MatchValue():
            return True
        case ast.MatchOr(patterns=inner) | ast.MatchSequence(patterns=inner):
            return all(_is_written(part) for part in inner)
    return False


def _is_empty(node: ast.expr) -> bool:
    """`None`, `()`, `[]`, `{}`, `set()`: nothing is in it."""
    match node:
        case ast.Constant(value=value):
            return not value
        case ast.Tuple(elts=inner) | ast.List(elts=inner) | ast.Dict(keys=inner):
            return not inner
        case ast.Call(args=[], keywords=[], func=ast.Name(id="set" | "frozenset" | "tuple" | "list" | "dict")):
            return True
    return False

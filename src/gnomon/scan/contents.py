"""What is put into containers, queues and buffers, by the name of the variable or attribute that holds them."""

import ast
import re
from typing import TYPE_CHECKING

from msgspec import Struct

from gnomon.python.facts import Binding, Store
from gnomon.python.order import reaching
from gnomon.python.scopes import Scope
from gnomon.scan.selfhood import is_self, unmangled
from gnomon.scan.values import Found, Frame

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

_TAKING_IN = frozenset({"append", "add", "put", "put_nowait", "extend", "insert", "setdefault", "appendleft", "update"})
"""Methods by which Python's own containers take a value in."""


class _Filling(Struct, frozen=True):
    """One place that fills a holder."""

    call: ast.Call | None = None
    place: str = ""
    """The argument that is filled (a position or keyword); "" if the call's receiver is."""
    store: Store | None = None


class _Index:
    """Everything one scope fills, by name."""

    __slots__ = ("fields", "names", "views")

    def __init__(self) -> None:
        self.names: dict[str, list[_Filling]] = {}
        self.fields: dict[str, list[_Filling]] = {}
        self.views: dict[str, list[str]] = {}
        """Name -> names bound to a memoryview or slice of it: filling one fills the other."""


class Contents:
    """Contents of holders."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        self._indexes: dict[int, _Index] = {}
        self._known_users: dict[tuple[int, str], list[Scope]] = {}
        catalog = evaluator.catalog
        self._taking_in = re.compile(rf"\.(?:{'|'.join(sorted({*_TAKING_IN, *catalog.mutators}))})\b")
        self._filling = re.compile(rf"\b(?:{'|'.join(sorted(catalog.fillers)) or '(?!)'})\b")

    def of_name(self, name: str, owner: Scope, frame: Frame, seen: list[Binding] | None) -> list[Found]:
        """What is put into the variable `name` in its scope and in those nested in it.

        If `seen` is given, what is put in while the name stands for another value does not count.
        """
        bindings = owner.facts.bindings.get(name, [])
        found: list[Found] = []
        for scope in self._users(owner, name):
            index = self._index(scope)
            if not index.names:
                continue
            home = frame if scope is owner else self.evaluator.root(scope)
            for alias in (name, *index.views.get(name, ())):
                for filling in index.names.get(alias, ()):
                    place = filling.call if filling.store is None else filling.store.target
                    if (
                        seen is not None
                        and scope is owner
                        and alias == name
                        and len(bindings) > 1
                        and place is not None
                    ):
                        held = reaching(bindings, place, owner.facts)
                        if not any(binding in seen for binding in held):
                            continue
                    found += self._filled(filling, home, f"`{name}`")
        return found

    def of_field(self, name: str, method: Scope, frame: Frame) -> list[Found]:
        """What one method puts into `self.<name>`."""
        fillings = self._index(method).fields.get(unmangled(name), ())
        return [item for filling in fillings for item in self._filled(filling, frame, f"`{name}`")]

    def _users(self, owner: Scope, name: str) -> list[Scope]:
        """The scope itself, and nested scopes that mention the name."""
        if owner.is_class:
            return [owner]
        known = self._known_users.get((id(owner), name))
        if known is not None:
            return known
        project = self.evaluator.project
        users = self._known_users[id(owner), name] = [owner]
        if owner.parent is None or owner.children:
            for line in project.mentions_in(owner.path, name):
                if not self._may_fill(project.code(owner.path, line), name):
                    continue
                inner = project.scope_at(owner.path, line)
                if inner is None or inner is owner or inner in users:
                    continue
                if self.evaluator.names.owner(name, inner) is owner:
                    users.append(inner)
        return users

    def _may_fill(self, code: str, name: str) -> bool:
        """False for a line that surely puts nothing into the variable: most only read it."""
        if f"{name}[" in code or (f"{name}." in code and self._taking_in.search(code) is not None):
            return True
        return self._filling.search(code) is not None

    def _filled(self, filling: _Filling, frame: Frame, holder: str) -> list[Found]:
        evaluator = self.evaluator
        if filling.store is not None and filling.store.value is not None:
            store = filling.store
            values = evaluator.picked(evaluator.values(filling.store.value, frame), store.path)
            return [item.via("field", store.target, frame, f"kept in {holder}") for item in values]
        call = filling.call
        if call is None:
            return []
        if filling.place:
            return evaluator.libraries.fills(call, filling.place, frame)
        return [item.via("field", call, frame, f"put into {holder}") for item in evaluator.values(_put_in(call), frame)]

    def _index(self, scope: Scope) -> _Index:
        known = self._indexes.get(id(scope))
        if known is None:
            known = self._indexes[id(scope)] = _Index()
            for call in scope.facts.calls:
                self._enter_call(call, scope, known)
            for store in scope.facts.stores:
                if isinstance(store.target, ast.Subscript) and store.value is not None:
                    _enter(known, store.target, scope, _Filling(store=store))
            for name, bindings in scope.facts.bindings.items():
                for binding in bindings:
                    if isinstance(binding.value, (ast.Call, ast.Subscript)):
                        viewed = _root_name(binding.value)
                        if viewed and viewed != name:
                            known.views.setdefault(viewed, []).append(name)
        return known

    def _enter_call(self, call: ast.Call, scope: Scope, index: _Index) -> None:
        """`x.append(v)`, `q.put(v)`, `buffer.write(v)`, `recv_into(x)`."""
        function = call.func
        last = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        catalog = self.evaluator.catalog
        if isinstance(function, ast.Attribute) and call.args and (last in _TAKING_IN or last in catalog.mutators):
            _enter(index, function.value, scope, _Filling(call=call))
        if last in catalog.fillers:
            for position, argument in enumerate(call.args):
                _enter(index, argument, scope, _Filling(call=call, place=str(position)))
            for keyword in call.keywords:
                if keyword.arg:
                    _enter(index, keyword.value, scope, _Filling(call=call, place=keyword.arg))


def _enter(index: _Index, holder: ast.expr, scope: Scope, filling: _Filling) -> None:
    name = _root_name(holder)
    if name:
        index.names.setdefault(name, []).append(filling)
        return
    while isinstance(holder, ast.Subscript):
        holder = holder.value
    if isinstance(holder, ast.Attribute) and is_self(holder.value, scope):
        index.fields.setdefault(unmangled(holder.attr), []).append(filling)


def _put_in(call: ast.Call) -> ast.expr:
    """The argument of a call that takes a value in: the second of `insert` and `setdefault`, else the first."""
    last = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return call.args[1] if last in ("insert", "setdefault") and len(call.args) > 1 else call.args[0]


def _root_name(node: ast.expr) -> str:
    """`x` for `x`, `x[…]`, `memoryview(x)`."""
    while True:
        if isinstance(node, (ast.Subscript, ast.Starred)):
            node = node.value
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "memoryview"
            and node.args
        ):
            node = node.args[0]
        else:
            return node.id if isinstance(node, ast.Name) else ""

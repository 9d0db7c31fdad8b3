"""What is done with an object elsewhere: method calls on it, found by name and confirmed by walking back."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gnomon.python.scopes import Scope
from gnomon.scan.selectors import selected
from gnomon.scan.values import Found, Frame, Instance

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator


CONTENTS_BUDGET = 1_500
"""Work allowed for finding out what is put into one holder."""


class Uses:
    """Method calls on objects."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        self._contents: dict[int, list[Found]] = {}

    def method_arguments(self, made_by: ast.AST, frame: Frame, method: str, selector: str) -> list[Found]:
        """What is passed to `method` of the object that the call `made_by` constructs, near where it is made."""
        found: list[Found] = []
        for call, scope in self.evaluator.project.calls_in(frame.scope.path, method):
            if not isinstance(call.func, ast.Attribute):
                continue
            home = self.evaluator.root(scope)
            receivers = self.evaluator.values(call.func.value, home)
            if any(getattr(item.value, "node", None) is made_by for item in receivers):
                arguments = self.evaluator.calls.arguments(call, home)
                values = selected(self.evaluator, selector, arguments, tuple(receivers))
                found += [item.via("argument", call, home, f"given to `{method}`") for item in values]
        return found

    def contents(self, holder: Instance, names: set[str]) -> list[Found]:
        """What is put into a queue or other holder, wherever it was handed to."""
        known = self._contents.get(id(holder.node))
        if known is not None:
            return known
        found: list[Found] = self._contents.setdefault(id(holder.node), [])
        with self.evaluator.allowance(CONTENTS_BUDGET):
            found += self._search(holder, names)
        return found

    def _search(self, holder: Instance, names: set[str]) -> list[Found]:
        found: list[Found] = []
        project = self.evaluator.project
        for name in sorted(names):
            for path in project.containing(f".{name}("):
                for call, scope in project.calls_in(path, name):
                    found += self._put(call, scope, name, holder)
        return found

    def _put(self, call: ast.Call, scope: Scope, name: str, holder: Instance) -> Iterator[Found]:
        """What the call puts in, if it is a method call on the holder."""
        if not isinstance(call.func, ast.Attribute) or not call.args:
            return
        frame = self.evaluator.root(scope)
        owners = self.evaluator.values(call.func.value, frame)
        if any(isinstance(item.value, Instance) and _same_holder(item.value, holder) for item in owners):
            for item in self.evaluator.values(call.args[-1], frame):
                yield item.via("field", call, frame, f"put in with `{name}`")

    def assigned(self, found: Found, name: str) -> list[Found]:
        """What is assigned to attribute `name` of an object, near where it is made."""
        value = found.value
        node, frame = getattr(value, "node", None), getattr(value, "frame", None)
        if node is None or frame is None:
            return []
        project = self.evaluator.project
        values: list[Found] = []
        for line in project.mentions_in(frame.scope.path, name):
            scope = project.scope_at(frame.scope.path, line)
            for store in scope.facts.stores if scope is not None else ():
                target = store.target
                if (
                    not isinstance(target, ast.Attribute)
                    or target.attr != name
                    or target.lineno != line
                    or store.value is None
                ):
                    continue
                home = frame if scope is frame.scope else self.evaluator.root(scope) if scope is not None else frame
                owners = self.evaluator.values(target.value, home)
                if any(getattr(item.value, "node", None) is node for item in owners):
                    values += self.evaluator.values(store.value, home)
        return values


def _same_holder(one: Instance, other: Instance) -> bool:
    """True for the same object, or for two parameters of one name and type that nobody in the target fills."""
    if one.node is other.node:
        return True
    named = isinstance(one.node, ast.arg) and isinstance(other.node, ast.arg)
    return named and one.type == other.type and getattr(one.node, "arg", "") == getattr(other.node, "arg", "")

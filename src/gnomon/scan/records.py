"""What a field of a record can be: what its constructor is given, its default, and what others put there later."""

import ast
import re
from typing import TYPE_CHECKING

from gnomon.python.scopes import Scope
from gnomon.scan.classes import Classes
from gnomon.scan.values import Const, Found, Frame, Instance, Setting

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

MAX_RECORD_MENTIONS = 150
"""A record mentioned more often than this is not followed to everything that constructs it."""
MIN_KEY = 8
"""A field is followed by its name as a key of dictionaries if the name has this many letters."""
MAX_KEYED = 3
"""And if at most this many places put something there."""


class Records:
    """Fields of dataclasses, models and their like."""

    def __init__(self, evaluator: "Evaluator", classes: Classes) -> None:
        self.evaluator = evaluator
        self.classes = classes

    def of(self, instance: Instance, scope: Scope, name: str) -> list[Found]:
        """A record's field: what it is constructed with, and what others assign to it later."""
        constructed = self._constructed(instance, scope, name)
        if not constructed:
            return constructed
        unset = [item for item in constructed if isinstance(item.value, Setting) and _is_unset(item.value)]
        assigned = self._assigned_outside(scope, name)
        if not assigned and len(unset) == len(constructed):
            assigned = self._put_under_key(scope, name)
        return [*(item for item in constructed if not assigned or item not in unset), *assigned]

    def _put_under_key(self, scope: Scope, name: str) -> list[Found]:
        """What is put under a field's name into a dictionary, for records that nothing in the target constructs."""
        if "_" not in name.strip("_") or len(name) < MIN_KEY:
            return []
        project = self.evaluator.project
        stored = re.compile(rf"\[['\"]{name}['\"]\]\s*=[^=]")
        places = [place for place in project.mentions(name, scope.path) if stored.search(project.code(*place))]
        found: list[Found] = []
        for path, line in places if len(places) <= MAX_KEYED else ():
            around = project.scope_at(path, line)
            for store in around.facts.stores if around is not None else ():
                target = store.target
                if not isinstance(target, ast.Subscript) or not isinstance(target.slice, ast.Constant):
                    continue
                if target.slice.value == name and store.value is not None and around is not None:
                    home = self.evaluator.root(around)
                    note = f"`{name}` is followed by its key"
                    found += [
                        item.via("field", target, home, note) for item in self.evaluator.values(store.value, home)
                    ]
        return found

    def _assigned_outside(self, scope: Scope, name: str) -> list[Found]:
        """What functions that are given a record assign to its field: `config.address = broker.address`."""
        project = self.evaluator.project
        found: list[Found] = []
        users = set(project.naming(scope.name))
        for path, line in project.settings(name, scope.path):
            if path not in users:
                continue
            around = project.scope_at(path, line)
            for store in around.facts.stores if around is not None else ():
                target = store.target
                if not isinstance(target, ast.Attribute) or target.attr != name or target.lineno != line:
                    continue
                if store.value is None or around is None:
                    continue
                home = self.evaluator.root(around)
                owners = [item.value for item in self.evaluator.values(target.value, home)]
                if any(getattr(owner, "type", None) is scope for owner in owners):
                    found += self.evaluator.values(store.value, home)
        return found

    def _constructed(self, instance: Instance, scope: Scope, name: str) -> list[Found]:
        """Fields of records: what the constructor call passes, or the default."""
        if not self.classes.is_record(scope):
            return []
        fields = self.classes.record_fields(scope)
        position = next((index for index, field in enumerate(fields) if field[0] == name), None)
        if position is None:
            return []
        return self._field(instance, scope, fields[position], position)

    def _field(
        self, instance: Instance, scope: Scope, field: tuple[str, ast.AnnAssign, Scope], position: int
    ) -> list[Found]:
        """What a field of a record can be: what its constructor call passes, or its default."""
        name, statement, owner = field
        if isinstance(instance.node, ast.Call) and instance.frame is not None:
            sites = [self.evaluator.calls.arguments(instance.node, instance.frame)]
        else:
            common = self.is_configuration(scope)
            sites = (
                [] if common else [site.arguments for site in self.evaluator.callers.constructions(scope, scope.path)]
            )
        found: list[Found] = []
        omitted = not sites
        for arguments in sites:
            given = arguments.keywords.get(name)
            if given is None and position < len(arguments.positional) and not arguments.spread:
                given = arguments.positional[position]
            if given is None:
                omitted = True
            else:
                values = self.evaluator.values(given, arguments.frame)
                found += [
                    item.via("argument", arguments.node, arguments.frame, f"given as `{name}`") for item in values
                ]
        if omitted:
            home = self.evaluator.root(owner)
            found.append(Found(Setting(name, statement, home, tuple(self._field_default(statement, home)))))
        return found

    def is_configuration(self, scope: Scope) -> bool:
        """True for a record that the whole program hands around: its defaults say as much as all who construct it."""
        if not self.classes.is_record(scope):
            return False
        return len(self.evaluator.project.mentions(scope.name, scope.path)) > MAX_RECORD_MENTIONS

    def _field_default(self, statement: ast.AnnAssign, home: Frame) -> list[Found]:
        value = statement.value
        if value is None:
            return []
        if isinstance(value, ast.Call):
            for keyword in value.keywords:
                if keyword.arg == "default":
                    return self.evaluator.values(keyword.value, home)
                if keyword.arg == "default_factory":
                    arguments = self.evaluator.calls.synthetic(value, [], home)
                    targets = self.evaluator.values(keyword.value, home)
                    return [item for t in targets for item in self.evaluator.calls.applied(t, arguments, value, home)]
        return self.evaluator.values(value, home)


def _is_unset(setting: Setting) -> bool:
    """True if a setting is nothing unless somebody sets it."""
    return all(isinstance(item.value, Const) and item.value.value is None for item in setting.default)

"""What an attribute or the content of a container can be: every place that stores into it."""

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gnomon.python.facts import Binding, Store
from gnomon.python.order import dominating
from gnomon.python.scopes import Scope
from gnomon.scan.classes import Classes
from gnomon.scan.contents import Contents
from gnomon.scan.records import Records
from gnomon.scan.selfhood import is_self, stored_attribute, unmangled
from gnomon.scan.values import (
    Bound,
    Class,
    Const,
    Container,
    External,
    Found,
    Frame,
    Function,
    Instance,
    Module,
    Opaque,
    Outside,
    Parts,
    Result,
    Setting,
)

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

MAX_CLASSES_BY_NAME = 3
"""An attribute of an object of unknown class is followed by name if at most this many classes have it."""
MAX_OWNER_MENTIONS = 400
"""An attribute mentioned more often than this is not followed by its name."""

_OF_TUPLES = frozenset({"count", "index"})


class Fields:
    """Attributes, items and contents."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        self.classes = Classes(evaluator)
        self.records = Records(evaluator, self.classes)
        self.contents = Contents(evaluator)
        self._stores: dict[tuple[int, str], list[tuple[Scope, Store]]] = {}
        self._methods: dict[tuple[int, str], list[Scope]] = {}
        self._known_owners: dict[tuple[object, ...], list[Scope]] = {}
        self._active: dict[tuple[object, ...], int] = {}

    def attribute(self, node: ast.Attribute, frame: Frame) -> list[Found]:
        """What the attribute expression `node` can be."""
        just_set = self._just_set(node, frame)
        if just_set is not None:
            return just_set
        found: list[Found] = []
        for base in self.evaluator.values(node.value, frame):
            found += self.of(base, node.attr, node, frame)
        return found

    def _just_set(self, node: ast.Attribute, frame: Frame) -> list[Found] | None:
        """What the same function has just assigned to `self.<name>` on every way here, if it has."""
        scope = frame.scope
        if not is_self(node.value, scope):
            return None
        bindings = [
            Binding("assign", node.attr, store.target, scope, store.value, store.path)
            for store in scope.facts.stores
            if isinstance(store.target, ast.Attribute)
            and store.target.attr == node.attr
            and store.value is not None
            and is_self(store.target.value, scope)
        ]
        binding = dominating(bindings, node, scope.facts)
        if binding is None or binding.value is None:
            return None
        values = self.evaluator.values(binding.value, frame)
        if all(isinstance(item.value, (Container, Const)) for item in values):
            return None  # a container is filled later on: what is put in counts too
        found = self.evaluator.picked(values, binding.path)
        return [item.via("field", binding.node, frame, f"kept in `{node.attr}`") for item in found]

    def of(self, base: Found, name: str, node: ast.AST, frame: Frame) -> list[Found]:
        """What attribute `name` of one value can be."""
        evaluator = self.evaluator
        base = evaluator.settled(base, node, frame)
        value = base.value
        match value:
            case Module():
                return evaluator.names.member(value.path, name)
            case External():
                return [Found(External(evaluator.catalog.canonical(f"{value.name}.{name}")), base.trail)]
            case Class():
                return [item.after(base) for item in self._of_class(value.scope, name, node, frame)]
            case Instance(type=Scope()):
                return [item.after(base) for item in self._of_instance(value, name, node, frame)]
            case Instance():
                return [Found(Bound(evaluator.catalog.member(str(value.type), name), (base,), node, frame), base.trail)]
            case Outside():
                return [
                    Found(
                        Outside(value.kind, value.api, value.node, value.frame, value.channels, value.server),
                        base.trail,
                    )
                ]
            case Const(value=None) | Container(node=ast.Tuple()) if name not in _OF_TUPLES:
                return []  # whoever reads an attribute expects another value than None or a tuple that is written out
            case Container() | Const() | Parts():
                return [Found(Bound(f"{_builtin_name(value)}.{name}", (base,), node, frame), base.trail)]
            case Result():
                return self._of_result(base, value, name, node, frame)
            case Opaque():
                return self._of_opaque(base, value, name, node, frame)
            case Setting():
                inner = [item for default in value.default for item in self.of(default, name, node, frame)]
                return inner or [Found(Opaque("a configuration value", node, frame, parameter=f"{value.name}.{name}"))]
        return [Found(Opaque(f"attribute {name}", node, frame, parameter=name))]

    def _of_result(self, base: Found, value: Result, name: str, node: ast.AST, frame: Frame) -> list[Found]:
        """A keyword argument of the call that makes a namespace (`SimpleNamespace(sock=…)`); else a result by name."""
        if isinstance(value.node, ast.Call) and value.api.endswith("Namespace"):
            for keyword in value.node.keywords:
                if keyword.arg == name:
                    return self.evaluator.values(keyword.value, value.frame)
        return [Found(Result(f"{value.api}.{name}", node, frame, (base,)), base.trail)]

    def _of_class(self, scope: Scope, name: str, node: ast.AST, frame: Frame) -> list[Found]:
        found: list[Found] = []
        for binding in self.classes.definers(scope, name):
            found += self.evaluator.names.bound(binding, self.evaluator.root(binding.scope))
        if any(isinstance(item.value, Container) for item in found):
            found += self._contents(Instance(scope), scope, name)
        if found:
            return found
        bases = self.classes.library_bases(scope)
        members = [self.evaluator.catalog.member(base, name) for base in bases]
        return [Found(External(member)) for member in members if self.evaluator.catalog.known(member)] or [
            Found(Opaque(f"attribute {name}", node, frame, parameter=name))
        ]

    def _of_instance(self, instance: Instance, name: str, node: ast.AST, frame: Frame) -> list[Found]:
        assert isinstance(instance.type, Scope)
        key = (instance.key, name)
        if key in self._active:
            self.evaluator.cut(self._active[key])
            return []
        self._active[key] = self.evaluator.level
        try:
            found = self._declared(instance, instance.type, name, node, frame)
            found += self.records.of(instance, instance.type, name)
            for scope, store in self.stores(instance.type, name):
                found += self._stored(instance, scope, store)
            found += self._contents(instance, instance.type, name)
        finally:
            del self._active[key]
        if found:
            return found
        for inner in self.classes.subclasses(instance.type) if instance.node is None else ():
            # a mixin uses what the classes that join it with others bring
            if self.classes.definers(inner, name) or self.stores(inner, name):
                found += self._of_instance(Instance(inner), name, node, frame)
        if found:
            return found
        for base in self.classes.library_bases(instance.type):
            member = self.evaluator.catalog.member(base, name)
            if self.evaluator.catalog.known(member):
                return [Found(Bound(member, (Found(instance),), node, frame))]
        return [Found(Opaque(f"attribute {name}", node, frame, parameter=name))]

    def _declared(self, instance: Instance, scope: Scope, name: str, node: ast.AST, frame: Frame) -> list[Found]:
        """Methods, properties and class-level values."""
        evaluator = self.evaluator
        definers = self.classes.definers(scope, name)
        if instance.node is None:
            # `self` seen from anywhere may be of a subclass that overrides the method
            for inner in self.classes.subclasses(scope, f"def {name}"):
                own = inner.facts.bindings.get(name)
                definers = [*definers, own[-1]] if own and own[-1].kind == "def" else definers
        found: list[Found] = []
        for binding in definers:
            if binding.kind == "def" and isinstance(binding.target, Scope):
                found += self._method(instance, binding.target, node, frame)
            elif not (self.classes.is_record(scope) and isinstance(binding.node, ast.AnnAssign)):
                found += evaluator.names.bound(binding, evaluator.root(binding.scope))
        return found

    def _method(self, instance: Instance, scope: Scope, node: ast.AST, frame: Frame) -> list[Found]:
        names = {
            item.attr if isinstance(item, ast.Attribute) else getattr(item, "id", "") for item in scope.decorators()
        }
        if names & {"property", "cached_property"}:
            call = self.evaluator.calls.synthetic(node, [], frame)
            return self.evaluator.calls.entering(Function(scope, instance), call)
        if "staticmethod" in names:
            return [Found(Function(scope))]
        return [Found(Function(scope, instance))]

    def stores(self, scope: Scope, name: str) -> list[tuple[Scope, Store]]:
        """Assignments to `self.<name>` (or `cls.<name>`) in the methods of the class's family."""
        key = (id(scope), name)
        known = self._stores.get(key)
        if known is None:
            known = [
                (method, store)
                for method in self._methods_mentioning(scope, name)
                for store in method.facts.stores
                if (target := stored_attribute(store.target)) is not None
                and unmangled(target[1]) == unmangled(name)
                and (is_self(target[0], method) or self._is_made_here(target[0], method, scope))
            ]
            if self.evaluator.whole:
                self._stores[key] = known
        return known

    def _is_made_here(self, node: ast.expr, method: Scope, scope: Scope) -> bool:
        """True for a variable that holds a new instance of the class: factories fill it from outside."""
        if not isinstance(node, ast.Name) or any(
            item.kind == "param" for item in method.facts.bindings.get(node.id, ())
        ):
            return False
        return any(
            isinstance(item.value, Instance)
            and isinstance(item.value.type, Scope)
            and self.classes.related(item.value.type, scope)
            for item in self.evaluator.values(node, self.evaluator.root(method))
        )

    def _methods_mentioning(self, scope: Scope, name: str) -> list[Scope]:
        """Methods of the class's family with the name in their text."""
        key = (id(scope), name)
        known = self._methods.get(key)
        if known is not None:
            return known
        project = self.evaluator.project
        methods: dict[Scope, None] = {}
        for current in self.classes.family(scope, name):
            for line in project.mentions_in(current.path, name):
                inner = project.scope_at(current.path, line) if current.start <= line <= current.end else None
                if inner is not None and inner.is_function:
                    methods[inner] = None
        found = list(methods)
        if self.evaluator.whole:
            self._methods[key] = found
        return found

    def _stored(self, instance: Instance, scope: Scope, store: Store) -> list[Found]:
        if store.value is None:
            return []
        frame = self.method_frame(instance, scope)
        path = store.path
        found = self.evaluator.values(store.value, frame)
        if path and path[-1] == "*":
            found = [item for base in found for item in self.evaluator.calls.iterated(base, store.value, frame)]
            path = path[:-1]
        found = self.evaluator.picked(found, path)
        target = stored_attribute(store.target)
        attribute = target[1] if target is not None else "an item"
        return [item.via("field", store.target, frame, f"kept in `{attribute}`") for item in found]

    def method_frame(self, instance: Instance, scope: Scope) -> Frame:
        """The frame of a method on an instance: the constructor with the arguments of the constructing call."""
        method = scope
        while method.parent is not None and not method.parent.is_class:
            method = method.parent
        if (
            method.name in ("__init__", "__post_init__", "__new__")
            and isinstance(instance.node, ast.Call)
            and instance.frame
        ):
            from_call = self.evaluator.calls.arguments(instance.node, instance.frame)
            if method is scope and self._constructor_of(instance, method):
                return self.evaluator.frame(Frame(scope, from_call, instance))
        return self.evaluator.root(scope, instance)

    def _constructor_of(self, instance: Instance, method: Scope) -> bool:
        """True if the constructing call runs `method` itself, not a subclass's constructor that calls it."""
        if not isinstance(instance.type, Scope):
            return False
        definers = self.classes.definers(instance.type, "__init__")
        return bool(definers) and definers[0].target is method

    def _of_opaque(self, base: Found, value: Opaque, name: str, node: ast.AST, frame: Frame) -> list[Found]:
        if value.type is not None:
            found = self._of_instance(Instance(value.type), name, node, frame)
            return [item.after(base) for item in found]
        owners = self._owners(name, frame.scope.path)
        if 0 < len(owners) <= MAX_CLASSES_BY_NAME:
            found = [item for owner in owners for item in self._of_instance(Instance(owner), name, node, frame)]
            return [item.via("field", node, frame, f"`{name}` is followed by its name") for item in found]
        return [Found(Opaque(value.reason, node, frame, parameter=f"{value.parameter}.{name}".strip(".")), base.trail)]

    def _owners(self, name: str, asker: str) -> list[Scope]:
        """Classes of the target that set or declare an attribute of that name."""
        key = (name, *self.evaluator.project.view(asker))
        known = self._known_owners.get(key)
        if known is None:
            known = self._find_owners(name, asker)
            if self.evaluator.whole:
                self._known_owners[key] = known
        return known

    def owners_of_all(self, names: Iterable[str], asker: str) -> list[Scope]:
        """Classes of the target that have all of these attributes; none unless one of the names is rare enough."""
        wanted = sorted(names)
        for name in wanted:
            owners = self._owners(name, asker)
            if 0 < len(owners) <= MAX_CLASSES_BY_NAME:
                return [owner for owner in owners if all(self._inherits(owner, each) for each in wanted)]
        return []

    def _inherits(self, scope: Scope, name: str) -> bool:
        return any(self._has(current, name) for current in self.classes.inherited(scope))

    def _find_owners(self, name: str, asker: str) -> list[Scope]:
        owners: list[Scope] = []
        project = self.evaluator.project
        if len(project.bearing(name, asker)) > MAX_OWNER_MENTIONS:
            return owners
        mentions = project.mentions(name, asker)
        if len(mentions) > MAX_OWNER_MENTIONS:
            return owners
        for path, line in mentions:
            code = project.code(path, line)
            if f"self.{name}" not in code and not code.startswith((f"{name}:", f"{name} =", f"def {name}(")):
                continue
            if self.evaluator.spent:
                break
            scope = project.definition_at(path, line)
            scope = scope.class_around if scope is not None else None
            if scope is not None and scope not in owners and self._has(scope, name):
                owners.append(scope)
            if len(owners) > MAX_CLASSES_BY_NAME:
                break
        return owners

    def _has(self, scope: Scope, name: str) -> bool:
        return (
            name in scope.facts.bindings
            or any(field[0] == name for field in self.classes.record_fields(scope))
            or bool(self.stores(scope, name))
        )

    def filled(self, name: str, owner: Scope, frame: Frame, seen: list[Binding] | None = None) -> list[Found]:
        """What is put into the container or buffer called `name` in its scope and those nested in it.

        `seen` are the bindings of the name that count, if not all do.
        """
        return self.contents.of_name(name, owner, frame, seen)

    def _contents(self, instance: Instance, scope: Scope, name: str) -> list[Found]:
        """What the methods of a class put into the container `self.<name>`."""
        found: list[Found] = []
        for method in self._methods_mentioning(scope, name):
            found += self.contents.of_field(name, method, self.method_frame(instance, method))
        return found


def _builtin_name(value: Container | Const | Parts) -> str:
    """The built-in type a literal has."""
    if isinstance(value, Const):
        return type(value.value).__name__
    if isinstance(value, Parts):
        return "tuple"
    names: dict[type[ast.AST], str] = {ast.Dict: "dict", ast.DictComp: "dict", ast.Set: "set", ast.Tuple: "tuple"}
    return names.get(type(value.node), "list")

"""What a name can be at a place: its reaching bindings, followed into their values."""

import ast
from typing import TYPE_CHECKING

from gnomon.python.facts import Binding
from gnomon.python.order import guards, reaching
from gnomon.python.project import dotted_name
from gnomon.python.scopes import Scope
from gnomon.scan.questions import distinct
from gnomon.scan.truth import truth
from gnomon.scan.values import Class, External, Found, Frame, Function, Module, Opaque

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator


class Names:
    """Name look-up by Python's scoping rules."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator

    def values(self, node: ast.Name, frame: Frame) -> list[Found]:
        """What the name `node` can be."""
        owner = self.owner(node.id, frame.scope)
        if owner is None:
            return self._unbound(node, frame)
        facts = owner.facts
        bindings = facts.bindings.get(node.id, [])
        home = self.home(owner, frame)
        seen = reaching(bindings, node, facts) if owner is frame.scope else None
        if seen is not None:
            bindings = self.feasible(seen, frame)
        found = [item for binding in bindings for item in self.bound(binding, home)]
        if owner.parent is None:
            found += self._written_elsewhere(node.id, owner)
        found += self.evaluator.fields.filled(node.id, owner, home, seen)
        return found

    def feasible(self, bindings: list[Binding], frame: Frame) -> list[Binding]:
        """Without bindings on branches that the frame's arguments rule out, or that others are known to replace."""
        if len(bindings) < 2 or frame.arguments is None:
            return bindings
        kept: list[Binding] = []
        for binding in bindings:
            tests = [] if binding.kind == "param" else list(guards(binding.node, frame.scope.facts))
            outcomes = [truth(self.evaluator, test, frame) is needed for test, needed in tests]
            impossible = any(truth(self.evaluator, test, frame) is (not needed) for test, needed in tests)
            if impossible:
                continue
            kept.append(binding)
            if tests and all(outcomes) and binding.kind == "assign":
                break
        return kept

    def owner(self, name: str, scope: Scope) -> Scope | None:
        """The scope whose binding of `name` is seen from `scope`; None if there is none (a builtin, or unknown)."""
        current: Scope | None = scope
        while current is not None:
            visible = current is scope or not current.is_class
            if visible and name in current.facts.globals and current.parent is not None:
                current = current.module if name in current.module.facts.bindings else current.parent
                continue
            if visible and name in current.facts.bindings:
                return current
            current = current.parent
        return None

    def home(self, owner: Scope, frame: Frame) -> Frame:
        """The frame in which `owner`'s names live, as seen from `frame`."""
        current: Frame | None = frame
        while current is not None:
            if current.scope is owner:
                return current
            current = current.outer
        receiver = frame.receiver if owner.enclosing_class is not None and owner.is_function else None
        return self.evaluator.root(owner, receiver)

    def bound(self, binding: Binding, frame: Frame) -> list[Found]:
        """What one binding gives, seen from the frame of its scope."""
        evaluator = self.evaluator
        match binding.kind:
            case "import":
                return self.imported(str(binding.target), frame.scope.path, binding.node, frame)
            case "def" if isinstance(binding.target, Scope):
                return [Found(Function(binding.target, None, frame))]
            case "class" if isinstance(binding.target, Scope):
                return [Found(Class(binding.target))]
            case "param":
                return evaluator.parameters.values(binding, frame)
            case "except" | "capture":
                if binding.value is not None:
                    return evaluator.values(binding.value, frame)
                return [Found(Opaque("a caught exception", binding.node, frame))]
        if binding.value is None:
            return [Found(Opaque("no value", binding.node, frame))]
        found = evaluator.values(binding.value, frame)
        if binding.kind == "for":
            found = distinct([item for base in found for item in evaluator.calls.iterated(base, binding.value, frame)])
        elif binding.kind == "with":
            found = [item for base in found for item in evaluator.calls.entered(base, binding.value, frame)]
        found = evaluator.picked(found, binding.path)
        return [item.via("propagation", binding.node, frame, f"`{binding.name}` is set") for item in found]

    def imported(self, dotted: str, importer: str, node: ast.AST, frame: Frame) -> list[Found]:
        """What an imported dotted name is: of the target if something there answers to it, else a library's."""
        project = self.evaluator.project
        resolved = project.resolve_import(dotted, importer)
        if resolved is None:
            name = dotted.lstrip(".")
            return [Found(External(self.evaluator.catalog.canonical(name)))]
        path, rest = resolved
        if not rest:
            return [Found(Module(path))]
        found = [Found(Module(path))]
        for part in rest.split("."):
            found = [item for base in found for item in self.evaluator.fields.of(base, part, node, frame)]
        return found

    def member(self, path: str, name: str) -> list[Found]:
        """What attribute `name` of a module of the target can be."""
        return self.evaluator.once(("member", path, name), lambda: self._member(path, name))

    def _member(self, path: str, name: str) -> list[Found]:
        module = self.evaluator.project.module(path)
        if module is None:
            return []
        root = self.evaluator.root(module)
        bindings = module.facts.bindings.get(name)
        if bindings is None or _only_declared(bindings, module):
            computed = self._computed(name, module)
            if bindings is not None or not all(isinstance(item.value, Opaque) for item in computed):
                return computed
        if bindings is None:
            package = path.endswith("__init__.py")
            submodule = self.evaluator.project.resolve_import(f".{name}", path) if package else None
            if submodule is not None and not submodule[1]:
                return [Found(Module(submodule[0]))]
            return self._starred(name, module)
        found = [item for binding in bindings for item in self.bound(binding, root)]
        found += self._written_elsewhere(name, module)
        return found + self.evaluator.fields.filled(name, module, root)

    def _computed(self, name: str, module: Scope) -> list[Found]:
        """What a module's own `__getattr__` gives for an attribute (PEP 562)."""
        getter = module.facts.bindings.get("__getattr__", ())
        target = getter[-1].target if getter else None
        if not isinstance(target, Scope) or name.startswith("__"):
            return []
        wanted = ast.copy_location(ast.Constant(name), target.node)
        arguments = self.evaluator.calls.synthetic(target.node, [wanted], self.evaluator.root(module))
        return self.evaluator.calls.entering(Function(target), arguments)

    def _starred(self, name: str, module: Scope) -> list[Found]:
        """`from other import *` may bring the name, also through the star imports of `other`."""
        found: list[Found] = []
        project, catalog = self.evaluator.project, self.evaluator.catalog
        seen, queue = {module.path}, [module]
        while queue:
            current = queue.pop(0)
            for binding in current.facts.bindings.get("*", ()):
                dotted = str(binding.target).removesuffix("*").rstrip(".") or "."
                resolved = project.resolve_import(dotted, current.path)
                if resolved is None:
                    external = catalog.canonical(f"{dotted}.{name}")
                    found += [Found(External(external))] if catalog.known(external) else []
                elif not resolved[1] and resolved[0] not in seen:
                    seen.add(resolved[0])
                    other = project.module(resolved[0])
                    if other is not None and name in other.facts.bindings:
                        found += self.member(resolved[0], name)
                    elif other is not None:
                        queue.append(other)
        return found

    def _unbound(self, node: ast.Name, frame: Frame) -> list[Found]:
        """A name nothing binds: it came by a star import, or it is a builtin."""
        module = frame.scope.module
        if "*" in module.facts.bindings:
            found = self._starred(node.id, module)
            if found:
                return found
        return [Found(External(node.id))]

    def _written_elsewhere(self, name: str, module: Scope) -> list[Found]:
        """Values that functions give to a module's variable through `global`."""
        project = self.evaluator.project
        if b"global " not in project.data.get(module.path, b""):
            return []
        found: list[Found] = []
        lines = project.mentions_in(module.path, name)
        declared = [line for line in lines if project.code(module.path, line).startswith("global ")]
        scopes = dict.fromkeys(project.scope_at(module.path, line) for line in declared)
        for scope in scopes:
            if scope is not None and scope.is_function and name in scope.facts.globals:
                root = self.evaluator.root(scope)
                found += [item for binding in scope.facts.bindings.get(name, ()) for item in self.bound(binding, root)]
        return found


def _only_declared(bindings: list[Binding], module: Scope) -> bool:
    """True for names that a lazy module binds only for type checkers: `if TYPE_CHECKING: NAME: str = ""`."""
    return all(
        any(
            needed and dotted_name(test).endswith("TYPE_CHECKING")
            for test, needed in guards(binding.node, module.facts)
        )
        for binding in bindings
    )

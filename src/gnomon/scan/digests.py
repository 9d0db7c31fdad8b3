"""What a digest is made with: a secret key, one that others know, one that its sender chose, or none at all."""

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from gnomon.core.incomplete import IncompleteKind
from gnomon.core.model import Verification
from gnomon.python.order import leaves
from gnomon.python.scopes import Scope
from gnomon.scan.libraries import library_target
from gnomon.scan.selectors import expression, selected
from gnomon.scan.values import Arguments, Bound, Const, Container, Found, Frame, Opaque, Outside, Parts, Result, Text

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

Flaw = IncompleteKind | None
"""What is wrong with a key; None if nothing is known to be."""

_MAX_DERIVED = 5
"""Calls that a key is followed back through: encodings, digests."""
_DERIVING = frozenset({"base64", "binascii", "bytearray", "bytes", "codecs", "hashlib", "str"})
"""Where the functions come from whose result is as secret as their argument."""


class Digests:
    """Digests and their keys."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator

    def is_keyed(self, found: Found, depth: int = 0) -> bool:
        """True for a message authentication code, and for what is taken from one (`.digest()`)."""
        value = found.value
        if not isinstance(value, (Result, Bound)) or depth > 3:
            return False
        if any(
            value.api.startswith(api) for api, models in self.evaluator.catalog.verifications.items() if models[0].key
        ):
            return True
        return any(self.is_keyed(receiver, depth + 1) for receiver in value.receivers)

    def is_plain(self, found: Found, depth: int = 0) -> bool:
        """True for a digest without a key, of data from outside alone."""
        value = found.value
        if not isinstance(value, (Result, Bound)) or depth > 3:
            return False
        call = value.node
        for model in self.evaluator.catalog.digests.get(value.api.removesuffix("()"), ()):
            if not isinstance(call, ast.Call):
                return False
            arguments = self.evaluator.calls.arguments(call, value.frame)
            secret = bool(model.key) and expression(model.key, arguments) is not None
            return not secret and self._only_outside(self._digested(call, value.frame), value.frame)
        return any(self.is_plain(receiver, depth + 1) for receiver in value.receivers)

    def _digested(self, call: ast.Call, frame: Frame) -> Iterator[ast.expr]:
        """What a digest is made of: its arguments, and those of `update` on the variable that it is kept in."""
        yield from call.args
        facts = frame.scope.facts
        names = {
            name for name, bindings in facts.bindings.items() if any(binding.value is call for binding in bindings)
        }
        for other in facts.calls:
            function = other.func
            if not isinstance(function, ast.Attribute) or function.attr != "update":
                continue
            if isinstance(function.value, ast.Name) and function.value.id in names:
                yield from other.args

    def _only_outside(self, nodes: Iterable[ast.expr], frame: Frame) -> bool:
        """True if every part of the expressions came from outside: nothing among them can be a secret."""
        parts = [
            part
            for node in nodes
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str))  # `hashlib.new("sha256", …)`
            for part in ast.walk(node)
            if isinstance(part, (ast.Name, ast.Attribute, ast.Call, ast.Constant))
        ]
        if not parts or any(isinstance(part, ast.Constant) and isinstance(part.value, (str, bytes)) for part in parts):
            return False
        names = [part for part in parts if isinstance(part, ast.Name)]
        found = [item for name in names for item in self.evaluator.values(name, frame)]
        came = [item for item in found if isinstance(item.value, (Outside, Container, Parts))]
        return bool(came) and len(came) == len(found)

    def weak_key(self, model: Verification, arguments: Arguments, receivers: tuple[Found, ...]) -> Flaw:
        """What is wrong with the key of one call."""
        if not model.key:
            return None
        keys = selected(self.evaluator, model.key, arguments, receivers)
        return "key-in-message" if self._sent_along(keys, arguments) else self.known(keys)

    def weak_keys(self, scope: Scope, frame: Frame) -> Flaw:
        """What is wrong with the keys of all digests that are made in a scope, taken together."""
        keys: list[Found] = []
        sent: list[bool] = []
        for inner in scope.with_lambdas():
            for call in inner.facts.calls:
                home = frame if inner is scope else self.evaluator.root(inner)
                last = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
                if last not in ("new", "HMAC", "digest"):
                    continue
                for target in self.evaluator.calls.targets(call, home):
                    api, receivers = library_target(target.value)
                    for model in self.evaluator.catalog.verifications.get(api, ()):
                        if model.key:
                            arguments = self.evaluator.calls.arguments(call, home)
                            given = selected(self.evaluator, model.key, arguments, receivers)
                            sent.append(self._sent_along(given, arguments))
                            keys += given
        return "key-in-message" if sent and all(sent) else self.known(keys)

    def _sent_along(self, keys: list[Found], arguments: Arguments) -> bool:
        """True if the key comes out of the very call that the digested data came out of."""
        if not keys or not all(isinstance(item.value, Outside) and item.value.kind != "file" for item in keys):
            return False
        given = [*arguments.positional, *arguments.keywords.values()]
        others = [item for node in given[1:] for item in self.evaluator.values(node, arguments.frame)]
        read = {id(item.value.node) for item in others if isinstance(item.value, Outside)}
        return {id(item.value.node) for item in keys if isinstance(item.value, Outside)} <= read

    def known(self, keys: list[Found]) -> Flaw:
        """constant-key if everybody who reads the code knows the key that is used when nobody sets one."""
        texts = [item.value.value for item in keys if isinstance(item.value, Const)]
        if keys and len(texts) == len(keys):
            written = any(isinstance(text, (str, bytes)) for text in texts)
            return "constant-key" if written and all(isinstance(t, (str, bytes)) or t is None for t in texts) else None
        others = [item for item in keys if not isinstance(item.value, Const)]
        made = [item for item in others if self._is_made_of_constants(item, 0)]
        if made or any(text and isinstance(text, (str, bytes)) for text in texts):
            unknown = (item for item in others if item not in made)
            return "constant-key" if all(self._is_optional(item, 0) for item in unknown) else None
        return "constant-key" if others and all(self._has_known_default(item, 0) for item in others) else None

    def _is_optional(self, found: Found, depth: int) -> bool:
        """True for what may be missing: a parameter that nobody passes, an environment variable."""
        value = found.value
        if isinstance(value, Opaque):
            return bool(value.parameter) and "nothing in the target calls" in value.reason
        return self._is_setting(found) or any(self._is_optional(item, depth + 1) for item in self._from(found, depth))

    def _is_setting(self, found: Found) -> bool:
        value = found.value
        model = self.evaluator.catalog.addresses.get(getattr(value, "api", "").removesuffix("()"))
        return model is not None and model.value == "<configured>" and bool(model.default)

    def _is_made_of_constants(self, found: Found, depth: int) -> bool:
        """True for `"a" + "b"`, and for what is made of it."""
        if isinstance(found.value, Const):
            return depth > 0 and isinstance(found.value.value, (str, bytes))
        made = self._from(found, depth)
        return bool(made) and all(self._is_made_of_constants(item, depth + 1) for item in made)

    def _has_known_default(self, found: Found, depth: int) -> bool:
        """True for `os.environ.get("KEY", "secret")`, and for what is made of it."""
        value = found.value
        if isinstance(value, Result) and self._is_setting(found) and isinstance(value.node, ast.Call):
            model = self.evaluator.catalog.addresses[value.api.removesuffix("()")]
            fallback = expression(model.default, self.evaluator.calls.arguments(value.node, value.frame))
            items = self.evaluator.values(fallback, value.frame) if fallback is not None else []
            texts = [item.value.value for item in items if isinstance(item.value, Const)]
            if any(self._is_made_of_constants(item, 0) for item in items):
                return True
            written = [text for text in texts if isinstance(text, (str, bytes))]
            return bool(written) and (any(written) or not _is_refused(value.node, value.frame))
        if isinstance(value, Const):
            return depth > 0 and isinstance(value.value, (str, bytes))
        made = self._from(found, depth)
        return bool(made) and all(self._has_known_default(item, depth + 1) for item in made)

    def _from(self, found: Found, depth: int) -> list[Found]:
        """What a value is made of: the object whose method was called, the argument of an encoding, joined texts."""
        value = found.value
        if isinstance(value, Text) and depth <= _MAX_DERIVED:
            return [item for part in _joined(value.node) for item in self.evaluator.values(part, value.frame)]
        if not isinstance(value, (Result, Bound)) or depth > _MAX_DERIVED:
            return []
        if value.receivers:
            return list(value.receivers)
        if value.api.partition(".")[0] not in _DERIVING or not isinstance(value.node, ast.Call):
            return []
        return [item for node in value.node.args[:1] for item in self.evaluator.values(node, value.frame)]


def _joined(text: ast.expr) -> list[ast.expr]:
    """The parts of `a + b` and of an f-string."""
    if isinstance(text, ast.JoinedStr):
        return [part.value if isinstance(part, ast.FormattedValue) else part for part in text.values]
    return [text.left, text.right] if isinstance(text, ast.BinOp) else []


def _is_refused(call: ast.Call, frame: Frame) -> bool:
    """True if the function that reads a setting, or one that uses it, leaves when it is empty (`if not key: raise`)."""
    facts = frame.scope.facts
    names = {
        name
        for name, bindings in facts.bindings.items()
        for binding in bindings
        if binding.value is not None and any(part is call for part in ast.walk(binding.value))
    }
    names |= {
        store.target.attr
        for store in facts.stores
        if isinstance(store.target, ast.Attribute)
        and store.value is not None
        and any(part is call for part in ast.walk(store.value))
    }
    return any(
        isinstance(node, ast.If) and leaves(node.body) and any(name in names for name in _asked(node.test))
        for scope in _users(frame.scope)
        for node in scope.facts.parents
    )


def _asked(test: ast.expr) -> Iterator[str]:
    """The variables and attributes whose own value a test asks for: `not key`, `key is None`, `len(key) < 32`."""
    match test:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            yield name
        case ast.UnaryOp(operand=inner) | ast.Compare(left=inner) | ast.Call(func=ast.Name(id="len"), args=[inner]):
            yield from _asked(inner)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _asked(value)


def _users(scope: Scope) -> Iterator[Scope]:
    """The scope, and those that see what it binds: the functions of a module, the methods of a class."""
    yield scope
    owner = scope if scope.parent is None else scope.parent
    for inner in owner.children if owner.parent is None or isinstance(owner.node, ast.ClassDef) else ():
        if isinstance(inner.node, ast.ClassDef):
            yield from inner.children
        elif inner is not scope:
            yield inner

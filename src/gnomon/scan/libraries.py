"""What a library's call gives, as far as the models say: data from outside, objects, what passes through."""

import ast
from typing import TYPE_CHECKING

from gnomon.core.model import Apply, Condition, SourceModel
from gnomon.python.scopes import Scope
from gnomon.scan.factories import Factories
from gnomon.scan.selectors import certain, expression, holds, matches, selected
from gnomon.scan.values import (
    Arguments,
    Bound,
    Const,
    Container,
    Dumped,
    External,
    Found,
    Frame,
    Function,
    Instance,
    Opaque,
    Outside,
    Partial,
    Parts,
    Result,
    Text,
    Value,
)

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator


class Libraries:
    """Calls and attributes of libraries."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self.evaluator = evaluator
        self.factories = Factories(evaluator)

    def called(
        self, api: str, receivers: tuple[Found, ...], arguments: Arguments, node: ast.AST, frame: Frame
    ) -> list[Found]:
        """What the models say a library call gives."""
        catalog = self.evaluator.catalog
        if api in catalog.inverses:
            return [Found(Dumped(node, frame))]
        found = self._received(api, receivers, arguments, node, frame)
        if found:
            return found
        if api in ("importlib.import_module", "__import__"):
            return self._imported_by_name(arguments, node, frame)
        if receivers and isinstance(receivers[0].value, (Container, Parts)):
            return self._container_method(receivers[0], api.rpartition(".")[2], arguments)
        if api in ("str.join", "str.format") and isinstance(node, ast.Call):
            return [Found(Text(node, frame))]
        typed = self._typed(api, receivers, arguments, node, frame)
        for propagator in catalog.propagators.get(api, ()):
            if propagator.output == "return":
                values = selected(self.evaluator, propagator.input, arguments, receivers)
                last = api.rpartition(".")[2]
                found += [item.via("propagation", node, frame, f"passed through `{last}`") for item in values]
        for apply in catalog.applies.get(api, ()):
            found += self._applied_by(apply, arguments, node, frame)
        if found or typed:
            return [*typed, *found]
        return self._unmodelled(api, receivers, arguments, node, frame)

    def _imported_by_name(self, arguments: Arguments, node: ast.AST, frame: Frame) -> list[Found]:
        """What importing a module by a constant name gives."""
        found: list[Found] = []
        for name in selected(self.evaluator, "0|name", arguments, ()):
            if isinstance(name.value, Const) and isinstance(name.value.value, str):
                found += self.evaluator.names.imported(name.value.value, frame.scope.path, node, frame)
        return found or [Found(Result("importlib.import_module", node, frame))]

    def _received(
        self, api: str, receivers: tuple[Found, ...], arguments: Arguments, node: ast.AST, frame: Frame
    ) -> list[Found]:
        catalog = self.evaluator.catalog
        found: list[Found] = []
        for source in catalog.sources.get(api, ()):
            if source.gives == "return" and all(holds(self.evaluator, c, arguments, receivers) for c in source.when):
                outside = self._outside(source, api, receivers, arguments, node, frame)
                if outside.channels or not receivers or source.channel != "self":
                    found.append(Found(outside))
        for sink in catalog.sinks.get(api, ()):
            if sink.receives:
                found.append(Found(Outside(sink.receives, api, node, frame, receivers)))
            elif sink.input:
                values = selected(self.evaluator, sink.input, arguments, receivers)
                found += [item.via("propagation", node, frame, "deserialized") for item in values]
        return found

    def _outside(
        self,
        source: SourceModel,
        api: str,
        receivers: tuple[Found, ...],
        arguments: Arguments,
        node: ast.AST,
        frame: Frame,
    ) -> Outside:
        """The data a source call hands over, with the channel it was read from."""
        channels = tuple(selected(self.evaluator, source.channel, arguments, receivers)) if source.channel else ()
        channels = self.open_channels(source.unless, channels, arguments)
        by_name = any(isinstance(item.value, (Opaque, Result)) for item in receivers)
        return Outside(source.kind, api, node, frame, channels, by_name=by_name)

    def open_channels(
        self, unless: tuple[Condition, ...], channels: tuple[Found, ...], arguments: Arguments
    ) -> tuple[Found, ...]:
        """Without the channels that a condition rules out, whatever the calls that lead there give them."""
        return tuple(
            channel
            for channel in channels
            if not any(certain(self.evaluator, condition, arguments, (channel,)) for condition in unless)
        )

    def _typed(
        self, api: str, receivers: tuple[Found, ...], arguments: Arguments, node: ast.AST, frame: Frame
    ) -> list[Found]:
        catalog = self.evaluator.catalog
        parts: dict[int, Value] = {}
        found: list[Found] = []
        for returns in catalog.returns.get(api, ()):
            belongs = tuple(selected(self.evaluator, returns.channel, arguments, receivers)) if returns.channel else ()
            instance = Instance(returns.type, node, frame, belongs)
            if returns.item is None:
                found.append(Found(instance))
            else:
                parts[returns.item] = instance
        if parts:
            found.append(Found(Parts(parts, node)))
        if not found and api in catalog.types:
            found.append(Found(Instance(api, node, frame)))
        return found

    def _applied_by(self, apply: Apply, arguments: Arguments, node: ast.AST, frame: Frame) -> list[Found]:
        """What a call that calls its argument gives, or the callable that it makes of it."""
        function = expression(apply.function, arguments)
        if function is None:
            return []
        given = applied_arguments(apply, arguments, node)
        found: list[Found] = []
        for target in self.evaluator.values(function, arguments.frame):
            if apply.result == "callable":
                found.append(Found(Partial(target, given)))
            elif isinstance(target.value, (Function, External, Bound, Partial)):
                found += self.evaluator.calls.applied(target, given, node, frame)
        return found

    def _unmodelled(
        self, api: str, receivers: tuple[Found, ...], arguments: Arguments, node: ast.AST, frame: Frame
    ) -> list[Found]:
        """A library call no model knows: methods of data give data, a factory its socket, all else a result by name."""
        made = None if receivers else self.factories.socket(api, arguments, node, frame)
        if made is not None:
            return [Found(made)]
        name = api.rpartition(".")[2]
        found: list[Found] = []
        for receiver in receivers:
            value = receiver.value
            if isinstance(value, Outside):
                found.append(receiver)
            elif isinstance(value, (Container, Parts)):
                found += self._container_method(receiver, name, arguments)
            elif isinstance(value, (Const, Text)) and name in ("format", "join") and isinstance(node, ast.Call):
                found.append(Found(Text(node, frame)))
            elif isinstance(value, (Const, Text)):
                found.append(receiver)
            elif isinstance(value, Instance) and isinstance(value.type, Scope):
                found.append(Found(Result(api, node, frame, receivers)))
        return found or [Found(Result(api, node, frame, receivers))]

    def _container_method(self, base: Found, name: str, arguments: Arguments) -> list[Found]:
        """What a method of a tuple, list, set or dict gives."""
        if name in ("get", "pop", "setdefault") and arguments.positional:
            default = [
                item for extra in arguments.positional[1:] for item in self.evaluator.values(extra, arguments.frame)
            ]
            index = arguments.positional[0]
            return [*self.evaluator.item(base, index, index, arguments.frame), *default]
        if name in ("pop", "popleft", "popitem"):
            return self.evaluator.elements(base)
        return [base]

    def fills(self, call: ast.Call, place: str, frame: Frame) -> list[Found]:
        """What a call writes into its argument at `place` (a position or keyword)."""
        arguments = self.evaluator.calls.arguments(call, frame)
        found: list[Found] = []
        for target in self.evaluator.calls.targets(call, frame):
            api, receivers = library_target(target.value)
            if api:
                found += self._written(api, receivers, arguments, place, call, frame)
        return found

    def _written(
        self, api: str, receivers: tuple[Found, ...], arguments: Arguments, place: str, call: ast.Call, frame: Frame
    ) -> list[Found]:
        catalog = self.evaluator.catalog
        found: list[Found] = []
        for source in catalog.sources.get(api, ()):
            if source.gives != "return" and matches(source.gives, place):
                outside = self._outside(source, api, receivers, arguments, call, frame)
                found.append(Found(outside))
        for propagator in catalog.propagators.get(api, ()):
            if propagator.output not in ("return", "self") and matches(propagator.output, place):
                found += selected(self.evaluator, propagator.input, arguments, receivers)
        return found

    def attribute_value(self, api: str, receivers: tuple[Found, ...], node: ast.AST, frame: Frame) -> Value:
        """What reading an attribute of a library (object) gives."""
        catalog = self.evaluator.catalog
        for source in catalog.sources.get(api, ()):
            return Outside(source.kind, api, node, frame, receivers if source.channel else ())
        for returns in catalog.returns.get(api, ()):
            return Instance(returns.type, node, frame, receivers if returns.channel else ())
        for propagator in catalog.propagators.get(api, ()):
            if propagator.input == "self" and receivers:
                return receivers[0].value
        return Result(api, node, frame, receivers)


def library_target(value: Value) -> tuple[str, tuple[Found, ...]]:
    """API name and receivers of a library's function or method; "" for anything else."""
    if isinstance(value, External):
        return value.name, ()
    if isinstance(value, Bound):
        return value.api, value.receivers
    return "", ()


def applied_arguments(apply: Apply, arguments: Arguments, node: ast.AST) -> Arguments:
    """The arguments that the called argument gets: the following ones, or the tuple given as `args`."""
    spread = arguments.keywords.get("args")
    if spread is None and len(arguments.positional) == apply.first_argument + 1:
        last = arguments.positional[apply.first_argument]
        spread = last if isinstance(last, (ast.Tuple, ast.List)) else None
    positional: list[ast.expr]
    if isinstance(spread, (ast.Tuple, ast.List)):
        positional = list(spread.elts)
    elif spread is not None:
        positional = [ast.copy_location(ast.Starred(spread, ast.Load()), spread)]
    else:
        positional = arguments.positional[apply.first_argument :]
    function = apply.function.partition("|")[2]
    keywords = {name: value for name, value in arguments.keywords.items() if name not in (function, "args", "kwargs")}
    kwargs = arguments.keywords.get("kwargs")
    spreads = (*arguments.spreads, kwargs) if kwargs is not None else arguments.spreads
    return Arguments(node, positional, keywords, arguments.frame, spreads)

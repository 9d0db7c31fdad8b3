"""Where the bytes of a sink come from: data from outside, files, the process itself, or unknown."""

import ast
from typing import TYPE_CHECKING

from gnomon.python.order import guards
from gnomon.python.scopes import Scope
from gnomon.scan.selectors import selected
from gnomon.scan.sinks import SinkSite
from gnomon.scan.values import (
    Arguments,
    Const,
    Container,
    Dumped,
    Found,
    Frame,
    Instance,
    Opaque,
    Outside,
    Parts,
    Result,
    Setting,
    arguments_of,
)

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

MAX_UNMODELLED = 3
"""Unmodelled library calls the bytes may pass through."""


class Origins:
    """What was found behind one sink."""

    __slots__ = ("assumed", "files", "frame", "network", "node", "seen", "unknown")

    def __init__(self, node: ast.AST, frame: Frame) -> None:
        self.node = node
        self.frame = frame
        self.seen: set[tuple[object, ...]] = set()
        """Keys of the values already looked at."""
        self.network: list[Found] = []
        self.files: list[Found] = []
        self.unknown: list[Found] = []
        self.assumed: set[tuple[object, ...]] = set()
        """Keys of values that were reached through a library call no model knows."""

    @property
    def count(self) -> int:
        """How many origins were found so far."""
        return len(self.network) + len(self.files) + len(self.unknown)


def origins_of(evaluator: "Evaluator", site: SinkSite) -> Origins:
    """Everything the sink's input can be, sorted by where it comes from."""
    origins = Origins(site.arguments.node, site.arguments.frame)
    if site.model.receives:
        node, frame = site.arguments.node, site.arguments.frame
        for receiver in site.receivers or (Found(Opaque("unknown receiver", node, frame)),):
            outside = Outside(site.model.receives, site.api, node, frame, (receiver,))
            origins.network.append(Found(outside))
        return origins
    if site.model.input == "hook":
        founds = _hook_data(evaluator, site)
    else:
        contexts = _contexts(evaluator, site)
        founds = [item for given in contexts for item in selected(evaluator, site.model.input, given, site.receivers)]
        if contexts and not founds:
            founds = [Found(Opaque("nothing that could be followed", origins.node, origins.frame))]
    for found in founds:
        if site.model.takes_path and isinstance(found.value, Const) and isinstance(found.value.value, str):
            origins.unknown.append(found)  # the path of a file
        else:
            before = origins.count
            _sort(evaluator, found, origins, 0)
            if origins.count == before and not isinstance(found.value, (Const, Dumped)):
                origins.unknown.append(found)  # what led nowhere is not known to be harmless
    return origins


def _contexts(evaluator: "Evaluator", site: SinkSite) -> list[Arguments]:
    """The sink's arguments, seen from each call that can get there if a test on a parameter stands before the sink."""
    scope = site.scope
    facts = scope.facts
    names = {
        part.id
        for test, _ in guards(site.arguments.node, facts)
        for part in ast.walk(test)
        if isinstance(part, ast.Name)
    }
    if not any(binding.kind == "param" for name in names for binding in facts.bindings.get(name, ())):
        return [site.arguments]
    sites = evaluator.callers.of(scope)
    if not sites or any(caller.hook is not None or caller.handler is not None for caller in sites):
        return [site.arguments]
    contexts: list[Arguments] = []
    for caller in sites:
        frame = evaluator.frame(Frame(scope, caller.arguments))
        if evaluator.calls.feasible(site.arguments.node, frame):
            given = site.arguments
            contexts.append(Arguments(given.node, given.positional, given.keywords, frame, given.spreads))
    return contexts


def _hook_data(evaluator: "Evaluator", site: SinkSite) -> list[Found]:
    """The data that a library gives to the deserializer it was handed."""
    node, frame = site.arguments.node, site.arguments.frame
    assert isinstance(node, ast.Call)
    found: list[Found] = []
    for target in evaluator.calls.targets(node, frame):
        api = getattr(target.value, "name", "") or getattr(target.value, "api", "")
        for hook in evaluator.catalog.hooks.get(api, ()):
            if hook.data.startswith("method:"):
                _, method, selector = hook.data.split(":", 2)
                found += evaluator.uses.method_arguments(node, frame, method, selector)
            elif hook.data == "return":
                found += evaluator.calls.values(node, frame)
            else:
                found += selected(evaluator, hook.data, site.arguments, ())
    return found


def _sort(evaluator: "Evaluator", found: Found, origins: Origins, passed: int) -> None:
    """Put one value where it belongs, looking through containers, file-like objects and unmodelled calls."""
    value = found.value
    if value.key in origins.seen:
        return
    origins.seen.add(value.key)
    if isinstance(value, Outside):
        _sort_outside(found, value, origins, passed)
        return
    if isinstance(value, (Const, Dumped)) or passed > MAX_UNMODELLED:
        return
    settled = evaluator.settled(found, origins.node, origins.frame)
    if settled.value.key != value.key:
        _sort(evaluator, settled, origins, passed + 1)
    elif isinstance(value, (Container, Parts)):
        for element in evaluator.elements(found):
            if element.value.key != value.key:
                _sort(evaluator, element, origins, passed)
    elif isinstance(value, Instance):
        _sort_instance(evaluator, found, value, origins, passed)
    elif isinstance(value, Result):
        _sort_result(evaluator, found, value, origins, passed)
    elif isinstance(value, Setting):
        for default in value.default:
            _sort(evaluator, default, origins, passed)
        origins.unknown.append(found)
    else:
        origins.unknown.append(found)


def _sort_outside(found: Found, value: Outside, origins: Origins, passed: int) -> None:
    """A file or the network; only assumed if it was found behind an unmodelled call."""
    (origins.files if value.kind == "file" else origins.network).append(found)
    if passed:
        origins.assumed.add(value.key)


def _sort_instance(evaluator: "Evaluator", found: Found, value: Instance, origins: Origins, passed: int) -> None:
    """A file-like object of the target is what its `read` gives; an untyped message is what it was made from."""
    if isinstance(value.type, Scope):
        node = value.node or value.type.node
        frame = value.frame or evaluator.root(value.type)
        for name in ("read", "readinto", "__bytes__", "__buffer__", "tobytes"):
            for item in evaluator.calls.method(found, name, node, frame):
                if item.value.key != value.key:
                    _sort(evaluator, item, origins, passed + 1)
        return
    holders = {
        api.rpartition(".")[2]
        for api, entries in evaluator.catalog.propagators.items()
        if api.rpartition(".")[0] == value.type and any(entry.output == "self" for entry in entries)
    }
    if holders and value.node is not None:
        for item in evaluator.uses.contents(value, holders):
            if item.value.key != value.key:
                _sort(evaluator, item.after(found), origins, passed + 1)
    for belongs in value.belongs:
        _sort(evaluator, belongs, origins, passed + 1)
    model = evaluator.catalog.types.get(value.type)
    if model is not None and model.channel is not None and value.node is not None and value.frame is not None:
        # a channel handed to a loader as a file: the loader reads from it
        channel = Outside(model.channel, value.type, value.node, value.frame, (found,))
        (origins.files if model.channel == "file" else origins.network).append(Found(channel, found.trail))


def _sort_result(evaluator: "Evaluator", found: Found, value: Result, origins: Origins, passed: int) -> None:
    """The bytes may have passed through a library call no model knows: look at what it was given."""
    address = evaluator.catalog.addresses.get(value.api)
    if address is not None and address.value == "<path>":
        origins.unknown.append(found)  # the name of a file, whoever chose it, is not what the file holds
        return
    before = len(origins.network) + len(origins.files)
    inputs = list(value.receivers)
    if isinstance(value.node, ast.Call):
        arguments = arguments_of(value.node, value.frame)
        inputs += [
            item for node in arguments.positional for item in evaluator.values(node, value.frame) if _is_data(item)
        ]
    for item in inputs:
        if not isinstance(item.value, (Instance, Opaque)):
            _sort(evaluator, item.after(found), origins, passed + 1)
    if len(origins.network) + len(origins.files) == before:
        origins.unknown.append(found)


def _is_data(found: Found) -> bool:
    return isinstance(found.value, (Outside, Result, Container, Parts))

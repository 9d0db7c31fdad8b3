"""Loaders that have a switch of their own: plain content alone, whatever the other end sends."""

import ast

from msgspec import Struct

from gnomon.core.finding import Finding
from gnomon.core.patch import Import, Offer, Patch, Replacement
from gnomon.core.site import Span
from gnomon.fix.sources import Sources, span_of


class _Switch(Struct, frozen=True):
    """How a loader is told to take plain content alone."""

    argument: str = ""
    """Keyword that decides; "" for another function in its place."""
    position: int = -1
    """0-based, where it can be given without its name."""
    value: str = ""
    function: str = ""
    """The function that takes plain content alone, in the same module."""
    loses: str = ""
    """What it does not load any more."""


_TENSORS = _Switch(
    argument="weights_only",
    value="True",
    loses="it loads tensors and plain containers alone from then on: objects of other classes, whole modules among "
    "them, are refused",
)
_ARRAYS = "it loads arrays of numbers and text alone from then on: arrays of objects are refused"
_PLAIN_YAML = "it loads plain values alone from then on: tags that name Python objects are refused"
# https://docs.pytorch.org/docs/stable/generated/torch.load.html
# https://numpy.org/doc/stable/reference/generated/numpy.load.html
# https://pyyaml.org/wiki/PyYAMLDocumentation
_SWITCHES = {
    "torch.load": _TENSORS,
    "torch.serialization.load": _TENSORS,
    "numpy.load": _Switch(argument="allow_pickle", position=2, value="False", loses=_ARRAYS),
    "numpy.lib.npyio.load": _Switch(argument="allow_pickle", position=2, value="False", loses=_ARRAYS),
    "numpy.lib.format.read_array": _Switch(argument="allow_pickle", position=1, value="False", loses=_ARRAYS),
    "yaml.load": _Switch(argument="Loader", position=1, function="safe_load", loses=_PLAIN_YAML),
    "yaml.load_all": _Switch(argument="Loader", position=1, function="safe_load_all", loses=_PLAIN_YAML),
    "yaml.unsafe_load": _Switch(function="safe_load", loses=_PLAIN_YAML),
    "yaml.unsafe_load_all": _Switch(function="safe_load_all", loses=_PLAIN_YAML),
}

_NO_PATCH = Patch()


def offer(finding: Finding, sources: Sources) -> Offer | None:
    """The loader's own switch, suggested, since other content stops loading; None for a call that has none."""
    switch = _SWITCHES.get(finding.sink)
    if switch is None:
        return None
    path, line = finding.site.path, finding.site.line
    call = sources.call(path, finding.site.span)
    patch = None if call is None else _patch(path, call, switch, sources)
    place = f"{path}:{line}"
    if patch is None:
        return _offer(finding, "impossible", f"Nothing is changed at {place}.", (_why_not(place, call),))
    if switch.function:
        title = f"`{finding.sink}` at {place} becomes `{switch.function}`."
    else:
        title = f"`{finding.sink}` at {place} is told `{switch.argument}={switch.value}`."
    return _offer(finding, "suggested", title, (switch.loses,), patch)


def _offer(finding: Finding, standing: str, title: str, why: tuple[str, ...], patch: Patch = _NO_PATCH) -> Offer:
    return Offer(
        findings=(finding,),
        style="weights-only",
        recipe="loaders",
        standing="suggested" if standing == "suggested" else "impossible",
        title=title,
        why=why,
        patch=patch,
    )


def _why_not(place: str, call: ast.Call | None) -> str:
    if call is None:
        return f"the loader is not called at {place}, but handed on"
    return f"what the call at {place} is given stands in arguments that are not written there"


def _patch(path: str, call: ast.Call, switch: _Switch, sources: Sources) -> Patch | None:
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    if starred or any(keyword.arg is None for keyword in call.keywords):
        return None
    if switch.function:
        return _other_function(path, call, switch, sources)
    given = next((keyword.value for keyword in call.keywords if keyword.arg == switch.argument), None)
    if given is None and 0 <= switch.position < len(call.args):
        given = call.args[switch.position]
    if given is not None:
        return Patch(replacements=_exchanged(path, given, switch.value))
    return Patch(replacements=_added(path, call, f"{switch.argument}={switch.value}"))


def _exchanged(path: str, node: ast.expr, code: str) -> tuple[Replacement, ...]:
    span = span_of(node)
    return (Replacement(path=path, span=span, pieces=(code,)),) if span else ()


def _added(path: str, call: ast.Call, argument: str) -> tuple[Replacement, ...]:
    """The call with one more argument, behind the last one."""
    whole, last = span_of(call), _last(call)
    if whole is None or last is None:
        return ()
    start = Span(line=whole.line, column=whole.column, end_line=last.end_line, end_column=last.end_column)
    return (Replacement(path=path, span=whole, pieces=(start, f", {argument}", _behind(last, whole))),)


def _other_function(path: str, call: ast.Call, switch: _Switch, sources: Sources) -> Patch | None:
    """`yaml.load(x, Loader=L)` -> `yaml.safe_load(x)`."""
    kept: list[ast.expr | ast.keyword] = [*call.args[:1], *(key for key in call.keywords if key.arg == "stream")]
    whole, function, last = span_of(call), span_of(call.func), _last(call)
    stream = span_of(kept[0]) if kept else None
    if whole is None or function is None or last is None or stream is None:
        return None
    # from the opening bracket to the stream, and what is behind the last argument: comments may stand there
    opening = Span(
        line=function.end_line,
        column=function.end_column + 1,
        end_line=stream.end_line,
        end_column=stream.end_column,
    )
    places = [span_of(node) or stream for node in (*call.args, *call.keywords)]
    first = all((stream.line, stream.column) <= (place.line, place.column) for place in places)
    arguments = (opening, _behind(last, whole)) if first else ("(", stream, ")")
    if isinstance(call.func, ast.Attribute):
        module = span_of(call.func.value)
        if module is None:
            return None
        pieces = (module, f".{switch.function}", *arguments)
        return Patch(replacements=(Replacement(path=path, span=whole, pieces=pieces),))
    if not isinstance(call.func, ast.Name):
        return None
    replacement = Replacement(path=path, span=whole, pieces=(str(switch.function), *arguments))
    bound = next((item.source for item in sources.imports(path) if item.bound == call.func.id and item.top), None)
    if bound is None:
        return None
    loaders = [key.value for key in call.keywords if key.arg == switch.argument] + call.args[1:2]
    names = {node.id for loader in loaders for node in ast.walk(loader) if isinstance(node, ast.Name)}
    return Patch(
        replacements=(replacement,),
        imports=(Import(path=path, module=bound.module, name=switch.function),),
        unneeded=(bound, *(item.source for item in sources.imports(path) if item.bound in names)),
    )


def _last(call: ast.Call) -> Span | None:
    """The argument that is written last."""
    spans = [span for node in (*call.args, *call.keywords) if (span := span_of(node)) is not None]
    return max(spans, key=lambda span: (span.end_line, span.end_column), default=None)


def _behind(inner: Span, outer: Span) -> Span:
    return Span(line=inner.end_line, column=inner.end_column + 1, end_line=outer.end_line, end_column=outer.end_column)

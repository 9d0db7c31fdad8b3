"""What a channel is called where several share a module: after the place that loads what comes through it."""

import ast
import re

from gnomon.core.channel import Channel, Load
from gnomon.fix.sources import Sources, span_of
from gnomon.python.facts import last_name

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LOADING = frozenset({"load", "loads", "recv_pyobj", "recv_serialized"})


def label(channel: Channel, folder: str, sources: Sources) -> str:
    """A word such as `server_main`, that no other channel has whose module lies in `folder`."""
    load = min(channel.loads, key=lambda load: (load.site.path, load.site.span.line, load.site.span.column))
    file = load.site.path.removeprefix(f"{folder}/").removesuffix(".py").removesuffix("/__init__").split("/")
    function = [part for part in load.qualname.split(".") if not part.startswith("<")]
    words = _words([*file, *function])
    if function and _is_only_one(file[-1], function[-1], load, folder, sources):
        words = _words([file[-1], function[-1]])
    number = _number(load, sources)
    return "_".join((*words, str(number)) if number > 1 else words)


def _is_only_one(file: str, function: str, load: Load, folder: str, sources: Sources) -> bool:
    """True if no other function of that name is in a file of that name."""
    if len(re.findall(rf"\bdef[ \t]+{re.escape(function)}\b", sources.text(load.site.path))) != 1:
        return False
    inside = f"{folder}/" if folder else ""
    return not any(
        path != load.site.path and path.startswith(inside) and path.endswith(f"/{file}.py") for path in sources.python
    )


def _words(parts: list[str]) -> list[str]:
    """In small letters, what is there twice in a row once."""
    split = (word for part in parts for word in re.split(r"[\W_]+", _CAMEL.sub("_", part).lower()))
    words = [word for word in split if word and word.isascii()]
    kept = [word for at, word in enumerate(words) if at == 0 or word != words[at - 1]]
    return kept or ["messages"]


def _number(load: Load, sources: Sources) -> int:
    """Which load of its function it is, counted from 1."""
    around = sources.function(load.site.path, load.site.span) or sources.module(load.site.path)
    named = {load.api.rpartition(".")[2], *_LOADING}
    calls = [node for node in ast.walk(around) if isinstance(node, ast.Call)] if around is not None else []
    spans = [span_of(call) for call in calls if last_name(call.func) in named]
    own = (load.site.span.line, load.site.span.column)
    return 1 + sum((span.line, span.column) < own for span in spans if span is not None)

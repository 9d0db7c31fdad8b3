"""What a fragment takes from the file it was cut out of, as lines of code to stand above it.

Libraries that its names are those of are imported. A variable that nothing sets stands for anything, which leaves
its methods to be recognised by name: then the library whose sockets have them is imported too.
"""

import ast
import sys
from collections.abc import Iterator

from gnomon.python.unbound import unbound
from gnomon.scan.catalog import Catalog

# What names mean by custom, where nothing in a fragment says otherwise.
_BY_CUSTOM = {
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "mp": "import multiprocessing as mp",
    "dist": "import torch.distributed as dist",
    "BytesIO": "from io import BytesIO",
    "request": "from flask import request",
    "Request": "from starlette.requests import Request",
}
_RECEIVING = ("recv", "receive")
_ANYTHING = "(yield)"  # an expression whose value nobody can know; in the words of a finding:
SENT, UNSET = "a value sent into a generator", "a name that nothing here sets"


def missing(text: str, catalog: Catalog, *, whole: bool) -> str:
    """One or two lines that give the names of `text` a meaning; empty if it lacks nothing, or is no Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    if any(alias.name == "*" for node in imports for alias in node.names):
        return ""  # any name may come from there
    free = unbound(tree)
    if whole and imports and not free.names:
        return ""
    calls = list(_receiving(tree))
    receivers = {call.value.id for call, _ in calls if isinstance(call.value, ast.Name)}
    modules = {module.partition(".")[0] for module in catalog.modules} | sys.stdlib_module_names
    modules = (modules | _BY_CUSTOM.keys()) - receivers  # a variable is often called `socket`
    imported = {name.partition(".")[0] for node in imports for name in _modules(node)}
    libraries = {_library(call, catalog, imported, given=given) for call, given in calls} - imported - {""}
    statements = [_BY_CUSTOM.get(name, f"import {name}") for name in free.names if name in modules]
    statements += [f"import {library}" for library in sorted(libraries)]
    if variables := [name for name in free.names if name not in modules | free.called]:
        # below the imports: a variable on their line would pass for an imported module
        return "\n".join(("; ".join(statements), " = ".join([*variables, _ANYTHING])))
    return "; ".join(statements)


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]


def _receiving(tree: ast.Module) -> Iterator[tuple[ast.Attribute, bool]]:
    """Calls of methods that are named as if they received something, and whether they are given anything."""
    for call in ast.walk(tree):
        function = call.func if isinstance(call, ast.Call) else None
        if isinstance(call, ast.Call) and isinstance(function, ast.Attribute) and function.attr.startswith(_RECEIVING):
            yield function, bool(call.args)


def _library(call: ast.Attribute, catalog: Catalog, imported: set[str], *, given: bool) -> str:
    """Import root of the library that the method is one of; empty if that can't be told, or one is imported."""
    name = call.attr
    apis = (*catalog.method_sinks.get(name, ()), *catalog.method_sources.get(name, ()))
    owners = {catalog.modules_of(api) for api in apis if api.rpartition(".")[0] in catalog.types}
    if any(not imported.isdisjoint(owner) for owner in owners):
        return ""
    if name in ("recv", "recv_into"):
        receiver = ast.unparse(call.value).lower().rpartition(".")[2]
        if receiver == "ws" or "websocket" in receiver:
            return "websockets"
        # a ZeroMQ message comes whole; a plain socket is asked for a number of bytes, or given a buffer
        return "socket" if given or name == "recv_into" else "zmq"
    # gnomon.wire has methods of the same names that unpickle nothing: who means them says so
    unsafe = {catalog.modules_of(api) for api in catalog.method_sinks.get(name, ())} & owners
    owners = unsafe or owners
    return next(iter(owners))[0] if len(owners) == 1 else ""

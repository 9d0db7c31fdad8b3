"""A message that a channel's own tests send, for tests that want a good one after a bad one."""

import ast
from collections.abc import Iterable, Iterator

from msgspec import Struct

from gnomon.core.patch import Section


class Example(Struct, frozen=True, kw_only=True):
    """What is sent, as code of the test file."""

    good: str
    as_type: str = ""


NONE = Example(good="")


def example(tests: Iterable[Section], encoder: str) -> Example:
    """The first `sent = …` of a round trip that `encoder` (`dumps`, `CODEC.encode`) begins; NONE if there is none.

    One that needs a library which may be missing is passed over.
    """
    for section in tests:
        for function in ast.parse(section.body).body:
            if isinstance(function, ast.FunctionDef) and "importorskip" not in ast.unparse(function):
                found = _example(section.body, function, encoder)
                if found is not None:
                    return found
    return NONE


def _example(code: str, function: ast.FunctionDef, encoder: str) -> Example | None:
    sent = next(_assigned(function, "sent"), None)
    for node in ast.walk(function):
        if sent is not None and isinstance(node, ast.Call) and ast.unparse(node.func) == encoder:
            given = [ast.unparse(value) for value in node.args]
            if given[:1] == ["sent"]:
                written = ast.get_source_segment(code, sent) or ""
                return Example(
                    good=written if "\n" not in written else ast.unparse(sent),
                    as_type=given[1] if len(given) > 1 else "",
                )
    return None


def _assigned(function: ast.FunctionDef, name: str) -> Iterator[ast.expr]:
    for node in function.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=bound)], value=value) if bound == name:
                yield value

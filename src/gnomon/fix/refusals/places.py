"""A test for each place that was changed: the call that unpickled there has not come back."""

import ast
import re
from collections.abc import Iterable, Iterator

from gnomon.core.channel import Load
from gnomon.core.patch import Patch, Section
from gnomon.core.site import Span
from gnomon.fix.refusals.subject import Subject, literal, root, section
from gnomon.fix.sources import Sources, span_of

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_PLAIN_CALL = re.compile(r"[A-Za-z_][\w.\[\]()]{0,79}", re.ASCII)
"""What can stand in a text of the test as it is."""
_SWITCHES = ("weights_only=True", "allow_pickle=False")
_PLAIN_NAME = re.compile(r"\w+(\.\w+)*|<module>")


def places(subject: Subject, loads: Iterable[Load], patch: Patch, sources: Sources) -> tuple[Section, ...]:
    """A test for each function that loads; none for one that makes the same call for another purpose too."""
    rows = {
        (load.site.path, load.qualname): called
        for load in loads
        if (called := _called(load, sources)) and _all_replaced(load, called, patch, sources)
    }
    if not rows:
        return ()
    return (
        root(subject),
        section(subject, "8-calls", ("import ast", "import pytest"), _CALLS),
        *(_place(subject, path, qualname, called, patch) for (path, qualname), called in sorted(rows.items())),
    )


def _called(load: Load, sources: Sources) -> str:
    """What is called at the place, as `ast.unparse` writes it; "" if the name alone would not tell it from its cure."""
    call = sources.call(load.site.path, load.site.span)
    if call is None or not _PLAIN_NAME.fullmatch(load.qualname):
        return ""
    text = ast.unparse(call.func)
    return text if "." in text and _PLAIN_CALL.fullmatch(text) else ""


def _all_replaced(load: Load, called: str, patch: Patch, sources: Sources) -> bool:
    """True if every such call of the function is within what the patch replaces."""
    module = sources.module(load.site.path)
    scope = _scope(module, load.qualname) if module is not None else None
    if scope is None:
        return False
    spans = [replacement.span for replacement in patch.replacements if replacement.path == load.site.path]
    calls = [node for node in ast.walk(scope) if isinstance(node, ast.Call) and ast.unparse(node.func) == called]
    return all(any(_holds(span, span_of(call)) for span in spans) for call in calls)


def _scope(module: ast.AST, qualname: str) -> ast.AST | None:
    """The definition of that name, as the generated test finds it; None if it is not found or not the only one."""
    scope: ast.AST = module
    for name in qualname.split(".") if qualname != "<module>" else ():
        found = [node for node in _definitions(scope) if node.name == name]
        if len(found) != 1:
            return None
        scope = found[0]
    return scope


def _definitions(scope: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    return (node for node in ast.walk(scope) if isinstance(node, _DEFINITIONS))


def _holds(outer: Span, inner: Span | None) -> bool:
    if inner is None:
        return False
    starts = (outer.line, outer.column) <= (inner.line, inner.column)
    return starts and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)


def _place(subject: Subject, path: str, qualname: str, called: str, patch: Patch) -> Section:
    stem = path.removesuffix(".py").removesuffix("/__init__")
    within = "" if qualname == "<module>" else f"_{qualname}"
    slug = re.sub(r"[^A-Za-z0-9]+", "_", f"{stem}{within}").strip("_").lower()
    switch = _switch(path, patch)
    words = {"slug": slug, "path": literal(path), "qualname": qualname, "called": called, "switch": switch}
    return section(subject, f"9-{slug}", (), (_SWITCHED if switch else _PLACE) % words)


def _switch(path: str, patch: Patch) -> str:
    """The argument that a call was given so that it loads plain content alone; "" if it is another call now."""
    texts = [
        piece for item in patch.replacements if item.path == path for piece in item.pieces if isinstance(piece, str)
    ]
    return next((switch for switch in _SWITCHES if any(switch in text for text in texts)), "")


_CALLS = '''\
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def calls_in(path: str, name: str) -> list[str]:
    """The calls that a function of the project makes."""
    scope: ast.AST = ast.parse((ROOT / path).read_bytes())
    for part in name.split(".") if name != "<module>" else ():
        definitions = (node for node in ast.walk(scope) if isinstance(node, DEFINITIONS))
        scope = next(node for node in definitions if node.name == part)
    return [ast.unparse(node) for node in ast.walk(scope) if isinstance(node, ast.Call)]
'''
_PLACE = '''\
def test_%(slug)s_unpickles_nothing() -> None:
    """`%(called)s` was there, and ran whatever a stranger sent."""
    assert not [call for call in calls_in(%(path)s, "%(qualname)s") if call.startswith("%(called)s(")]
'''
_SWITCHED = '''\
def test_%(slug)s_loads_plain_content_alone() -> None:
    """`%(called)s` was called without `%(switch)s`, and ran whatever it was given."""
    calls = [call for call in calls_in(%(path)s, "%(qualname)s") if call.startswith("%(called)s(")]
    assert all("%(switch)s" in call for call in calls)
'''

"""Imports added where a maintainer would put them, and taken away where nothing uses them any more."""

import ast
import re
from collections.abc import Iterator

from msgspec import Struct

from gnomon.core.patch import Import
from gnomon.fix.protocol import Refusal
from gnomon.fix.sections import WIDTH, import_line, kind_of
from gnomon.fix.splicing import parsed
from gnomon.fix.texts import Text

_Edit = tuple[int, int, str]
_ImportNode = ast.Import | ast.ImportFrom
_KEEPS = re.compile(r"#\s*(noqa|type:|pylint:|pyright:|isort:)")
"""Comments that say that an import is meant, whatever a tool thinks of it."""

_GUARDED = ast.Try | ast.TryStar | ast.ExceptHandler | ast.match_case
"""In whose blocks an import is one of several ways."""


class _Line(Struct, frozen=True):
    """An import statement at the margin, as imports are ordered."""

    kind: int
    order: tuple[bool, str]
    node: _ImportNode


def without_unneeded(text: Text, unneeded: list[Import]) -> Text:
    """The file without those imports whose names nothing uses. Raises Refusal."""
    tree = parsed(text.path, text.plain)
    edits = [edit for place in _imports(tree) for edit in _removal(text, tree, place, unneeded)]
    return _checked(text, edits)


def with_imports(text: Text, wanted: list[Import], own: frozenset[str]) -> Text:
    """The file with those imports that it lacks, a statement for each module. `own` is as for `sections.kind_of`."""
    for module, names in _by_module(wanted).items():
        tree = parsed(text.path, text.plain)
        text = _checked(text, list(_addition(text, tree, module, names, own)))
    return text


def _checked(text: Text, edits: list[_Edit]) -> Text:
    """The text with the edits, if nothing but imports has changed by them."""
    if not edits:
        return text
    result = text.replaced(edits)
    if _rest(parsed(text.path, text.plain)) != _rest(parsed(text.path, result.plain)):
        raise Refusal(f"{text.path}: its imports can't be changed without changing other code")
    return result


def _rest(tree: ast.Module) -> str:
    """The code without its imports, to compare; a block that has nothing else counts as `pass`. Changes the tree."""

    class Without(ast.NodeTransformer):
        def generic_visit(self, node: ast.AST) -> ast.AST:
            for name in ("body", "orelse", "finalbody"):
                block = getattr(node, name, None)
                if isinstance(block, list) and block:
                    kept = [inner for inner in block if not isinstance(inner, _ImportNode | ast.Pass)]
                    setattr(node, name, [self.visit(inner) for inner in kept])
            return node

    return ast.dump(Without().visit(tree))


class _Place(Struct, frozen=True):
    """An import statement, the block that it stands in, and what is around that."""

    node: _ImportNode
    block: list[ast.stmt]
    owner: ast.AST
    function: ast.AST
    """The innermost function, or the module."""


def _imports(tree: ast.Module) -> Iterator[_Place]:
    waiting: list[tuple[ast.AST, ast.AST]] = [(tree, tree)]
    while waiting:
        node, function = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            function = node
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            for inner in block if isinstance(block, list) else ():
                if isinstance(inner, _ImportNode):
                    yield _Place(inner, block or [], node, function)
        waiting += [(child, function) for child in ast.iter_child_nodes(node)]


def _removal(text: Text, tree: ast.Module, place: _Place, unneeded: list[Import]) -> Iterator[_Edit]:
    node = place.node
    where = tree if place.function is tree else place.function
    drop = [alias for alias in node.names if _is_unneeded(node, alias, unneeded) and not _used(where, node, alias)]
    last = node.end_lineno or node.lineno
    start, line = text.line_start(node.lineno), text.line(last)
    alone = not text.line(node.lineno)[: node.col_offset].strip() and not _behind(line, node).strip().startswith(";")
    fixed = isinstance(place.owner, _GUARDED) or any(_KEEPS.search(text.line(n)) for n in range(node.lineno, last + 1))
    if not drop or not alone or fixed:
        return
    indentation = text.indentation(node.lineno)
    if len(drop) < len(node.names):
        code = text.written[start : text.line_start(last + 1)]
        kept = _without(_dedented(code, indentation, text), [(alias.name, alias.asname) for alias in drop])
        yield start, text.line_start(last + 1), _own(kept, indentation, text)
    elif len(place.block) > 1 or place.owner is tree:
        end = text.line_start(last + 2) if _closes_gap(text, node.lineno, last) else text.line_start(last + 1)
        yield start, end, ""
    elif place.owner is place.function:  # a function that does nothing but import it
        yield start + len(indentation), text.line_start(last) + len(line), "pass"


def _behind(line: str, node: ast.AST) -> str:
    return line.encode()[getattr(node, "end_col_offset", 0) :].decode(errors="replace")


def _closes_gap(text: Text, first: int, last: int) -> bool:
    """True if the lines stand alone between blank ones, of which one is to go with them."""
    before = first == 1 or not text.line(first - 1).strip()
    return before and last + 2 <= text.lines and not text.line(last + 1).strip()


def _is_unneeded(node: _ImportNode, alias: ast.alias, unneeded: list[Import]) -> bool:
    module = alias.name if isinstance(node, ast.Import) else "." * node.level + (node.module or "")
    name = "" if isinstance(node, ast.Import) else alias.name
    return any((item.module, item.name, item.alias) == (module, name, alias.asname or "") for item in unneeded)


def _used(where: ast.AST, node: _ImportNode, alias: ast.alias) -> bool:
    """True if the name may be used: by itself, in `__all__`, or in an annotation that is a text."""
    bound = alias.asname or (alias.name.partition(".")[0] if isinstance(node, ast.Import) else alias.name)
    word = re.compile(rf"\b{re.escape(bound)}\b")
    annotations = {id(part) for inner in ast.walk(where) for note in _annotations(inner) for part in ast.walk(note)}
    for inner in ast.walk(where):
        match inner:
            case ast.Name(id=name) if name == bound:
                return True
            case ast.Global(names=names) | ast.Nonlocal(names=names) if bound in names:
                return True
            case ast.Constant(value=str(value)) if value == bound or (id(inner) in annotations and word.search(value)):
                return True
    return False


def _annotations(node: ast.AST) -> Iterator[ast.AST]:
    for name in ("annotation", "returns"):
        note = getattr(node, name, None)
        if isinstance(note, ast.AST):
            yield note


def _dedented(code: str, indentation: str, text: Text) -> str:
    lines = code.removesuffix(text.newline).split(text.newline)
    return "\n".join(line.removeprefix(indentation) for line in lines) + "\n"


def _own(code: str, indentation: str, text: Text) -> str:
    lines = code.removesuffix("\n").split("\n")
    return "".join(f"{indentation if line else ''}{line}{text.newline}" for line in lines)


def _without(code: str, drop: list[tuple[str, str | None]]) -> str:
    """An import statement without some of its names, the others' comments and lines as they are."""
    import libcst as cst  # here, since it takes a quarter of a second, and few changes need it

    line = cst.parse_statement(code)
    if not isinstance(line, cst.SimpleStatementLine):
        return code
    statement = line.body[0]
    if not isinstance(statement, cst.Import | cst.ImportFrom) or isinstance(statement.names, cst.ImportStar):
        return code
    every = tuple(statement.names)
    kept = [alias for alias in every if (alias.evaluated_name, alias.evaluated_alias) not in drop]
    if kept[-1] is not every[-1]:
        kept[-1] = kept[-1].with_changes(comma=_last_comma(kept[-1].comma, every[-1].comma))
    return cst.Module([]).code_for_node(line.with_changes(body=[statement.with_changes(names=kept), *line.body[1:]]))


def _last_comma(own: object, last: object) -> object:
    """The comma of a name that becomes the last: its own comment, and then what closes the statement."""
    import libcst as cst  # as above

    if not isinstance(own, cst.Comma) or not isinstance(last, cst.Comma):
        return last
    mine, closing = own.whitespace_after, last.whitespace_after
    if isinstance(mine, cst.ParenthesizedWhitespace) and isinstance(closing, cst.ParenthesizedWhitespace):
        return last.with_changes(whitespace_after=closing.with_changes(first_line=mine.first_line))
    return last


def _by_module(wanted: list[Import]) -> dict[str, list[Import]]:
    """What is to be imported, statement by statement; "import a" stands under "a" with a name that is empty."""
    found: dict[str, list[Import]] = {}
    for item in wanted:
        found.setdefault(f"{item.module} {'from' if item.name else ''}", []).append(item)
    return found


def _addition(text: Text, tree: ast.Module, _: str, wanted: list[Import], own: frozenset[str]) -> Iterator[_Edit]:
    module, plain = wanted[0].module, not wanted[0].name
    own = own | ({module.partition(".")[0]} if kind_of(module, own) == 3 else frozenset())
    lines = [_Line(*_placed(node, own), node) for node in _leading(tree)]
    missing = [item for item in dict.fromkeys(wanted) if not _is_there(lines, item)]
    if not missing:
        return
    if plain:
        for item in missing:
            code = f"import {item.module} as {item.alias}" if item.alias else f"import {item.module}"
            yield _inserted(text, tree, lines, (kind_of(module, own), (False, module)), code)
        return
    names = [f"{item.name} as {item.alias}" if item.alias else item.name for item in missing]
    joined = _joined(text, lines, module, names)
    if joined is not None:
        yield joined
        return
    yield _inserted(text, tree, lines, (kind_of(module, own), (True, module)), import_line(module, sorted(names)))


def _leading(tree: ast.Module) -> Iterator[_ImportNode]:
    """The import statements at the margin before the first class or function."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return
        if isinstance(node, _ImportNode):
            yield node


def _placed(node: _ImportNode, own: frozenset[str]) -> tuple[int, tuple[bool, str]]:
    if isinstance(node, ast.Import):
        return kind_of(node.names[0].name, own), (False, node.names[0].name)
    module = "." * node.level + (node.module or "")
    return kind_of(module, own), (True, module)


def _is_there(lines: list[_Line], item: Import) -> bool:
    return any(_is_unneeded(line.node, alias, [item]) for line in lines for alias in line.node.names)


def _joined(text: Text, lines: list[_Line], module: str, names: list[str]) -> _Edit | None:
    """The names in a statement of one line that imports from the module already."""
    for line in lines:
        node = line.node
        if line.order != (True, module) or node.lineno != node.end_lineno or isinstance(node, ast.Import):
            continue
        start = text.line_start(node.lineno) + node.col_offset
        code = text.line(node.lineno)[node.col_offset : node.end_col_offset]
        present = [f"{alias.name} as {alias.asname}" if alias.asname else alias.name for alias in node.names]
        if "(" in code or "*" in present or not code.isascii():
            continue
        merged = [*present, *names]
        new = f"from {module} import {', '.join(sorted(merged) if present == sorted(present) else merged)}"
        if len(new) <= WIDTH:
            return start, start + len(code), new
    return None


def _inserted(
    text: Text, tree: ast.Module, lines: list[_Line], place: tuple[int, tuple[bool, str]], code: str
) -> _Edit:
    """A new import statement on lines of its own: in its group in order, or as a group of its own."""
    kind, _ = place
    newline = text.newline
    code = code.replace("\n", newline)
    group = [line for line in lines if line.kind == kind]
    before = [line for line in group if (line.kind, line.order) <= place] if kind else []
    if before:
        return _after(text, before[-1].node, f"{code}{newline}")
    if group:
        return _before(text, group[0].node, f"{code}{newline}")
    lower = [line for line in lines if line.kind < kind]
    if lower:
        gap = "" if _followed_by_blank(text, lower[-1].node) or lower[-1] is lines[-1] else newline
        return _after(text, lower[-1].node, f"{newline}{code}{newline}{gap}")
    if lines:
        return _before(text, lines[0].node, f"{code}{newline}{newline}")
    return _first(text, tree, code)


def _followed_by_blank(text: Text, node: ast.stmt) -> bool:
    following = (node.end_lineno or node.lineno) + 1
    return following > text.lines or not text.line(following).strip()


def _after(text: Text, node: ast.stmt, code: str) -> _Edit:
    last = node.end_lineno or node.lineno
    if last >= text.lines:  # no line end behind the last line
        at = text.line_start(last) + len(text.line(last))
        return at, at, f"{text.newline}{code}".removesuffix(text.newline)
    at = text.line_start(last + 1)
    return at, at, code


def _before(text: Text, node: ast.stmt, code: str) -> _Edit:
    at = text.line_start(node.lineno)
    return at, at, code


def _first(text: Text, tree: ast.Module, code: str) -> _Edit:
    """The first import of a file: after its docstring, or after the comments that it begins with."""
    newline = text.newline
    if ast.get_docstring(tree) is not None:
        rest = tree.body[1].lineno if len(tree.body) > 1 else 0
        gap = newline if rest and not _followed_by_blank(text, tree.body[0]) else ""
        return _after(text, tree.body[0], f"{newline}{code}{newline}{gap}")
    number = 1
    while number <= text.lines and text.line(number).startswith("#"):
        number += 1
    at = text.line_start(number)
    blank = number <= text.lines and not text.line(number).strip()
    opening = newline if number > 1 else ""
    return at, at, f"{opening}{code}{newline}{'' if blank else newline}"

"""Expressions and statements of a file replaced, with proof that nothing but those has changed."""

import ast
import re

from gnomon.core.patch import Replacement
from gnomon.core.site import Span
from gnomon.fix.protocol import Refusal
from gnomon.fix.sources import span_of
from gnomon.fix.texts import Text

_Edit = tuple[int, int, str]
_INDENTS = re.compile(r"^(?: {4})+", re.MULTILINE)
_BEFORE_WHOLE, _AFTER_WHOLE = "([{,=:", ")]},:"
"""What code that is kept needs no parentheses between."""
_BOUND_TIGHTLY = (
    ast.Name | ast.Attribute | ast.Call | ast.Subscript | ast.Constant | ast.List | ast.Dict | ast.Set | ast.ListComp
    | ast.DictComp | ast.SetComp | ast.GeneratorExp | ast.JoinedStr
)  # fmt: skip
_DECORATED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_NEVER_BARE = ast.NamedExpr | ast.Yield | ast.YieldFrom


def parsed(path: str, text: str) -> ast.Module:
    """The syntax tree of a file. Raises Refusal."""
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise Refusal(f"{path}:{error.lineno or 1} does not parse: {error.msg}") from None
    except MemoryError:  # of the parser's own stack, too
        raise Refusal(f"{path} is nested too deeply, or takes too much memory") from None
    except (RecursionError, ValueError):
        raise Refusal(f"{path} is nested too deeply to be rewritten") from None


def spliced(text: Text, replacements: list[Replacement]) -> Text:
    """A Python file with what is replaced. Raises Refusal."""
    tree = parsed(text.path, text.plain)
    work = _Splicing(text, tree, replacements)
    result = text.replaced([edit for item in work.outermost for edit in work.edits(item)])
    work.check(parsed(text.path, result.plain))
    return result


def spliced_text(text: Text, replacements: list[Replacement]) -> Text:
    """A file that is no Python, with what is replaced. Raises Refusal."""
    work = _Splicing(text, None, replacements)
    return text.replaced([(*text.bounds(item.span), work.composed(item)) for item in work.outermost])


class _Splicing:
    """The replacements of one file, in their places."""

    def __init__(self, text: Text, tree: ast.Module | None, replacements: list[Replacement]) -> None:
        self.text = text
        self._tree = tree
        self._inside: dict[int, list[Replacement]] = {}
        """By the id of the replacement around: a hash of that takes as long as its pieces are many."""
        self._blocks = _blocks_of(tree) if tree is not None else []
        self._by_span = _nodes_of(tree) if tree is not None else {}
        self._unit = self._indentation()
        self.outermost = self._nested(_distinct(text, replacements))
        self._found = {item: self._located(item) for item in self.outermost} if tree is not None else {}
        for inner in (item for items in self._inside.values() for item in items):
            if tree is not None:
                self._located(inner)  # or refused

    def _nested(self, replacements: list[Replacement]) -> list[Replacement]:
        """Those that stand in no other; the others are noted with the one around them."""
        outermost: list[Replacement] = []
        around: list[tuple[int, int, Replacement]] = []
        for item in replacements:
            start, end = self.text.bounds(item.span)
            while around and around[-1][1] <= start:
                around.pop()
            if not around:
                outermost.append(item)
            elif end > around[-1][1]:
                raise Refusal(f"{self.text.path}:{item.span.line}: two changes overlap")
            else:
                self._inside.setdefault(id(around[-1][2]), []).append(item)
            around.append((start, end, item))
        for outer in replacements:
            items = self._inside.get(id(outer), [])
            kept = [self.text.bounds(piece) for piece in outer.pieces if isinstance(piece, Span)] if items else []
            for item in items:
                start, end = self.text.bounds(item.span)
                if not any(first <= start and end <= last for first, last in kept):
                    raise Refusal(f"{self.text.path}:{item.span.line}: a change stands in code that another takes away")
        return outermost

    def _located(self, item: Replacement) -> list[ast.AST]:
        """The expression, keyword or statements that a replacement takes the place of."""
        where = f"{self.text.path}:{item.span.line}"
        if item.statement:
            found = self._statements(item.span)
            if not found:
                raise Refusal(f"{where}: there are no whole statements at the place that is to change")
            return list(found)
        nodes = self._by_span.get(item.span, [])
        if not nodes:
            raise Refusal(f"{where}: there is no expression at the place that is to change")
        if isinstance(nodes[0], ast.expr) and not _reads_as(self.text.code(item.span), nodes[0]):
            raise Refusal(f"{where}: the code at the place that is to change is not what was read")
        return nodes[:1]

    def _statements(self, span: Span) -> list[ast.stmt]:
        """Neighbours in one block that begin and end with the span."""
        for block in self._blocks:
            begin = next((n for n, node in enumerate(block) if _start(node) == (span.line, span.column)), None)
            if begin is None:
                continue
            for end in range(begin, len(block)):
                if (block[end].end_lineno, block[end].end_col_offset) == (span.end_line, span.end_column):
                    return block[begin : end + 1]
        return []

    def composed(self, item: Replacement) -> str:
        """The code that takes the place, inner replacements applied."""
        pieces: list[str] = []
        indentation = self.text.indentation(item.span.line) if self._tree is not None else ""
        before = ""
        for number, piece in enumerate(item.pieces):
            if isinstance(piece, str):
                pieces.append(self._indented(piece, indentation))
            else:
                code = self._kept(piece, item)
                following = item.pieces[number + 1 : number + 2]
                after = next((part for part in following if isinstance(part, str)), "")
                pieces.append(f"({code})" if self._wants_parentheses(piece, before, after) else code)
            before = pieces[-1] if pieces[-1].strip() else before
        return "".join(pieces)

    def _kept(self, span: Span, within: Replacement) -> str:
        """A part that stays, with what is replaced in it."""
        start, end = self.text.bounds(span)
        code, at = "", start
        for inner in self._inside.get(id(within), []):
            first, last = self.text.bounds(inner.span)
            if start <= first and last <= end:
                code += self.text.written[at:first] + self.composed(inner)
                at = last
        return code + self.text.written[at:end]

    def _wants_parentheses(self, span: Span, before: str, after: str) -> bool:
        nodes = [node for node in self._by_span.get(span, []) if isinstance(node, ast.expr)]
        if not nodes:
            return False
        code, whole = nodes[0], before.rstrip()[-1:] in _BEFORE_WHOLE and after.lstrip()[:1] in _AFTER_WHOLE
        if not before.strip() and not after.strip():
            return False
        if isinstance(code, _NEVER_BARE):
            return True
        if isinstance(code, ast.Tuple):
            return not self.text.code(span).startswith("(")
        return not whole and not isinstance(code, _BOUND_TIGHTLY)

    def edits(self, item: Replacement) -> list[_Edit]:
        """What changes in the text for one of the outermost replacements."""
        if item.statement:
            return [self._statement_edit(item)]
        return [(*self.text.bounds(item.span), self.composed(item))]

    def _statement_edit(self, item: Replacement) -> _Edit:
        start, end = self.text.bounds(item.span)
        line = self.text.line_start(item.span.line)
        before = self.text.written[line:start]
        statements = [node for node in self._found[item] if isinstance(node, ast.stmt)]
        if not any(item.pieces):
            return self._deletion(item, statements, before)
        if before.strip():  # `if x: y`, `a; b`
            if "\n" in "".join(piece for piece in item.pieces if isinstance(piece, str)).strip("\n"):
                raise Refusal(
                    f"{self.text.path}:{item.span.line}: one of several statements of a line is to become more"
                )
            return start, end, self.composed(item)
        return start, end, self._block(item, before)

    def _block(self, item: Replacement, indentation: str) -> str:
        """The new statements, all but the first line indented; what is kept moves with the line that it begins."""
        code = ""
        for piece in item.pieces:
            if isinstance(piece, str):
                code += self._indented(piece, indentation)
                continue
            deeper = code.rpartition("\n")[2]
            kept = self._kept(piece, item)
            nodes = self._statements(piece)
            if nodes and not deeper.strip():
                # what stands before its first line now, less what stood there before
                kept = self._moved(kept, indentation, deeper.removeprefix(indentation), piece.line)
            elif self._wants_parentheses(piece, code, ""):
                kept = f"({kept})"
            code += kept
        return code.rstrip("\r\n")

    def _moved(self, code: str, indentation: str, deeper: str, line: int) -> str:
        if not deeper or "\n" not in code:
            return code
        moved = "\n".join(
            row if not number or not row.strip() else deeper + row for number, row in enumerate(code.split("\n"))
        )
        whole = f"if 1:\n{indentation or ' '}"
        if ast.dump(parsed(self.text.path, whole + code)) != ast.dump(
            parsed(self.text.path, f"{whole}{deeper}{moved}")
        ):
            raise Refusal(f"{self.text.path}:{line}: a text over several lines would change if it were indented")
        return moved

    def _indented(self, code: str, indentation: str) -> str:
        """New code with the file's own line ends and indentation."""
        unit = self._unit
        if unit != "    ":
            code = _INDENTS.sub(lambda match: unit * (len(match[0]) // 4), code)
        return code.replace("\n", f"{self.text.newline}{indentation}")

    def _indentation(self) -> str:
        """What a block of the file is indented by: that of the first that there is."""
        for block in self._blocks[1:]:
            indentation = self.text.indentation(block[0].lineno)
            if indentation and block[0].col_offset == len(indentation):
                return "\t" if indentation[0] == "\t" else indentation if len(indentation) < 8 else "    "
        return "    "

    def _deletion(self, item: Replacement, statements: list[ast.stmt], before: str) -> _Edit:
        """The lines of statements that go; `pass` where a block would be empty."""
        start, end = self.text.bounds(item.span)
        block = next(block for block in self._blocks if statements[0] in block)
        if len(block) == len(statements) and block is not self._blocks[0]:
            return start, end, "pass"
        rest = self.text.line(item.span.end_line)[end - self.text.line_start(item.span.end_line) :]
        if before.strip():  # `a; b`
            return start - (len(before) - len(before.rstrip().rstrip(";").rstrip())), end, ""
        if rest.lstrip().startswith(";"):
            return start, end + len(rest) - len(rest.lstrip().removeprefix(";").lstrip()), ""
        return self.text.line_start(item.span.line), self.text.line_start(item.span.end_line + 1), ""

    def check(self, after: ast.Module) -> None:
        """Raises Refusal unless the new tree is the old one with the replaced nodes exchanged and nothing else."""
        exchanged = {}
        for item in self.outermost:
            nodes = self._found[item]
            exchanged[id(nodes[0])] = self._meant(item, nodes[0])
            for node in nodes[1:]:
                exchanged[id(node)] = []
        tree = self._tree
        if tree is None:
            return
        expected = _Exchange(exchanged).visit(tree)
        if _dumped(expected) != _dumped(after):
            lines = ", ".join(str(item.span.line) for item in self.outermost[:3])
            raise Refusal(f"{self.text.path}: the change of line {lines} would change the code around it")

    def _meant(self, item: Replacement, node: ast.AST) -> list[ast.AST]:
        """What the new code is by itself."""
        if item.statement:
            return self._meant_statements(item, node)
        code = self.composed(item)
        if isinstance(node, ast.keyword):
            call = parsed(self.text.path, f"f({_plain(code)}\n)").body[0]
            return list(call.value.keywords) if isinstance(call, ast.Expr) and isinstance(call.value, ast.Call) else []
        statement = parsed(self.text.path, f"(\n{_plain(code)}\n)").body[0]
        return [statement.value] if isinstance(statement, ast.Expr) else []

    def _meant_statements(self, item: Replacement, node: ast.AST) -> list[ast.AST]:
        if not any(item.pieces):
            block = next(block for block in self._blocks if node in block)
            alone = len(block) == len(self._found[item]) and block is not self._blocks[0]
            return [ast.Pass()] if alone else []
        _, _, code = self._statement_edit(item)
        indentation = self.text.indentation(item.span.line)
        whole = f"if 1:\n{indentation}" if indentation else ""
        meant = parsed(self.text.path, f"{whole}{_plain(code)}\n").body
        if whole:
            meant = meant[0].body if isinstance(meant[0], ast.If) else []
        if isinstance(node, _DECORATED) and meant and isinstance(meant[0], _DECORATED):
            meant[0].decorator_list = node.decorator_list  # they stand before the span
        return list(meant)


class _Exchange(ast.NodeTransformer):
    """A tree with nodes exchanged, by the ids of the old ones."""

    def __init__(self, exchanged: dict[int, list[ast.AST]]) -> None:
        self._exchanged = exchanged

    def visit(self, node: ast.AST) -> ast.AST | list[ast.AST] | None:
        """The node that stands in its place."""
        new = self._exchanged.get(id(node))
        if new is None:
            return self.generic_visit(node)
        return new[0] if len(new) == 1 else new


def _dumped(tree: ast.AST | list[ast.AST] | None) -> str:
    """What two trees are compared by; whether a name is read or set follows from where it stands."""
    text = ast.dump(tree) if isinstance(tree, ast.AST) else ""
    return text.replace("ctx=Store()", "ctx=Load()").replace("ctx=Del()", "ctx=Load()")


def _plain(code: str) -> str:
    return code.replace("\r\n", "\n").replace("\r", "\n")


def _reads_as(code: str, node: ast.expr) -> bool:
    """True if a span's text, by itself, is the node: positions in f-strings are not always right before Python 3.12."""
    if isinstance(node, ast.Starred | ast.Slice):
        return True
    try:
        body = ast.parse(f"(\n{_plain(code)}\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return _dumped(body) == _dumped(node)


def _distinct(text: Text, replacements: list[Replacement]) -> list[Replacement]:
    """Each once, outer before inner, in the order of the text. Raises Refusal for two of one span that differ."""
    by_span: dict[tuple[int, int], Replacement] = {}
    for item in replacements:
        known = by_span.setdefault(text.bounds(item.span), item)
        if known != item:
            raise Refusal(f"{text.path}:{item.span.line}: two changes of the same code contradict each other")
    return [by_span[bounds] for bounds in sorted(by_span, key=lambda bounds: (bounds[0], -bounds[1]))]


def _nodes_of(tree: ast.Module) -> dict[Span, list[ast.AST]]:
    """Expressions and keywords by their spans, outermost first."""
    found: dict[Span, list[ast.AST]] = {}
    for node in ast.walk(tree):
        span = span_of(node) if isinstance(node, ast.expr | ast.keyword) else None
        if span is not None:
            found.setdefault(span, []).append(node)
    return found


def _blocks_of(tree: ast.Module) -> list[list[ast.stmt]]:
    """Lists of statements, the module's first."""
    found: list[list[ast.stmt]] = []
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                found.append(block)
    return found if tree.body else [[], *found]


def _start(node: ast.stmt) -> tuple[int, int]:
    """Line and column, from 1, of a statement without its decorators."""
    return node.lineno, node.col_offset + 1

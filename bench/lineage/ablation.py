"""What does each choice of the fingerprint buy? Tokens, length of a run, measure, and which functions are compared.

Every function of every copy's tree is compared anew in each way with all labelled originals. Nothing is sampled here:
the product keeps at most 400 shingles of a long definition.
"""

import ast
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from bench.lineage.reading import deep, parsed, sinks
from bench.lineage.sources import Sources, Tree
from gnomon.trace.copies import LEAST_SHARED
from gnomon.trace.normal import LOCAL, DefinitionNode, Statement, _Normaliser, imports_of, is_telling, statements

Tokens = Literal["named", "abstracted", "raw"]
KINDS: tuple[Tokens, ...] = ("named", "abstracted", "raw")
RUNS = (3, 4, 5, 6, 7, 8)
LOWEST = 0.3
"""Nothing below is looked at, by the larger containment."""
_DEFINED = (ast.FunctionDef, ast.AsyncFunctionDef)
_STRUCTURE = frozenset(
    {";", "(", ")", "=", "[", "return", "if", "for", "while", "with", "raise", "def", "class", "del"}
)


class Way(Struct, frozen=True):
    """One way to compare."""

    tokens: Tokens
    run: int


WAYS = tuple(Way(tokens, run) for tokens in KINDS for run in RUNS)


class Piece(Struct, frozen=True):
    """A function, or a class with its methods, in each spelling."""

    path: str
    qualname: str
    is_class: bool
    written: Mapping[Tokens, Sequence[Sequence[str]]]
    """Its functions' tokens."""
    loads: bool
    calls: frozenset[str]

    @property
    def key(self) -> int:
        """Of functions of this name with these statements."""
        return hash((self.qualname, tuple(tuple(tokens) for tokens in self.written["named"])))


class Hit(Struct, frozen=True, array_like=True):
    """What a piece and an original have in common, in one way."""

    way: Way
    original: str
    tree: str
    path: str
    qualname: str
    shared: int
    of_piece: int
    of_original: int
    loads: bool
    """Both deserialize, the piece itself or through a function that it calls."""
    key: int

    @property
    def containment(self) -> float:
        """The larger way."""
        return self.shared / min(self.of_piece, self.of_original)

    @property
    def jaccard(self) -> float:
        """Of the union."""
        return self.shared / (self.of_piece + self.of_original - self.shared)


def pieces(files: Mapping[str, bytes]) -> Iterator[Piece]:
    """Every function and class of a tree."""
    for path, data in sorted(files.items()):
        tree = parsed(data)
        if tree is not None:
            yield from _pieces(tree, path, "", imports_of(tree, path))


def hits(wanted: Sequence[Tree], originals: Mapping[str, Piece], sources: Sources, jobs: int) -> Iterator[list[Hit]]:
    """Each tree's."""
    with ProcessPoolExecutor(jobs, initializer=deep) as pool:
        for running in [pool.submit(_hits, each, originals, sources) for each in wanted]:
            yield running.result()


def shingles(piece: Piece, way: Way) -> set[int]:
    """Of the piece, in this way; numbers that hold in one process."""
    found: set[int] = set()
    telling = _telling(way.tokens)
    for tokens in piece.written[way.tokens]:
        tells = [telling(token) for token in tokens]
        for at in range(max(len(tokens) - way.run + 1, 1)):
            if any(tells[at : at + way.run]):
                found.add(hash(tuple(tokens[at : at + way.run])))
    return found


def _telling(tokens: Tokens) -> Callable[[str], bool]:
    return is_telling if tokens != "abstracted" else bool


def _hits(wanted: Tree, originals: Mapping[str, Piece], sources: Sources) -> list[Hit]:
    found = list(pieces(sources.files(wanted)))
    loading = {piece.qualname.rpartition(".")[2] for piece in found if piece.loads and not piece.is_class}
    hits: list[Hit] = []
    for way in WAYS:
        sizes: dict[str, int] = {}
        postings: dict[int, list[str]] = defaultdict(list)
        for name, original in originals.items():
            known = shingles(original, way)
            sizes[name] = len(known)
            for shingle in known:
                postings[shingle].append(name)
        for piece in found:
            mine = shingles(piece, way)
            counts = Counter(name for shingle in mine if shingle in postings for name in postings[shingle])
            for name, shared in counts.items():
                if shared >= LEAST_SHARED and shared >= LOWEST * min(len(mine), sizes[name]):
                    loads = originals[name].loads and (piece.loads or not loading.isdisjoint(piece.calls))
                    hits.append(
                        Hit(
                            way,
                            name,
                            wanted.name,
                            piece.path,
                            piece.qualname,
                            shared,
                            len(mine),
                            sizes[name],
                            loads,
                            piece.key,
                        )
                    )
    return hits


def _pieces(node: ast.AST, path: str, outer: str, imports: dict[str, str]) -> Iterator[Piece]:
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, _DEFINED):
            piece = _function(inner, path, outer + inner.name, imports)
            if piece is not None:
                yield piece
        elif isinstance(inner, ast.ClassDef):
            methods = list(_pieces(inner, path, f"{outer}{inner.name}.", imports))
            yield from methods
            direct = [each for each in methods if not each.is_class]
            if direct:
                yield _class(path, outer + inner.name, direct)
        elif isinstance(inner, ast.If | ast.Try | ast.With):
            yield from _pieces(inner, path, outer, imports)


def _function(node: DefinitionNode, path: str, qualname: str, imports: dict[str, str]) -> Piece | None:
    written = statements(node, imports)
    if not written:
        return None
    named = _flat(written)
    normaliser = _Normaliser(node, {})
    normaliser._variables = set()  # noqa: SLF001  (the product has no such mode, and need not)
    spelled: dict[Tokens, Sequence[Sequence[str]]] = {
        "named": (named,),
        "abstracted": (tuple(_abstracted(token) for token in named),),
        "raw": (_flat(tuple(normaliser.of(node))),),
    }
    calls = {one.rpartition(".")[2] for one, other in pairwise(named) if other == "("}
    loads = not sinks().isdisjoint(named)
    return Piece(path=path, qualname=qualname, is_class=False, written=spelled, loads=loads, calls=frozenset(calls))


def _class(path: str, qualname: str, methods: Sequence[Piece]) -> Piece:
    return Piece(
        path=path,
        qualname=qualname,
        is_class=True,
        written={kind: [tokens for method in methods for tokens in method.written[kind]] for kind in KINDS},
        loads=any(method.loads for method in methods),
        calls=frozenset().union(*(method.calls for method in methods)),
    )


def _flat(written: Sequence[Statement]) -> tuple[str, ...]:
    return tuple(token for statement in written for token in (*statement.tokens, ";"))


def _abstracted(token: str) -> str:
    """What kind of token it is: a name, an attribute, a call's keyword, a text, a number or a part of the grammar."""
    if token in _STRUCTURE or token[:1].isupper():
        return token
    if token[:1] in (".", "'", "#") or token[:2] in ("b'", "f'"):
        return token[:1]
    return "=" if token.endswith("=") else LOCAL

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

from bench.lineage.pairs import Key
from bench.lineage.reading import deep, parsed, sinks
from bench.lineage.recall import same_name
from bench.lineage.sources import Sources, Tree
from gnomon.trace.copies import LEAST_SHARED
from gnomon.trace.hashing import RUN
from gnomon.trace.normal import LOCAL, DefinitionNode, Statement, _Normaliser, imports_of, is_telling, statements

Tokens = Literal["named", "abstracted", "raw"]
KINDS: tuple[Tokens, ...] = ("named", "abstracted", "raw")
RUNS = (3, 4, 5, 6, 7, 8)
SHARED = (16, 24, 40)
"""Shingles that are asked for at least, where nothing is deserialized."""
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


WAYS = (*(Way("named", run) for run in RUNS), Way("abstracted", RUN), Way("raw", RUN))


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


class Best(Struct, frozen=True, array_like=True):
    """The most that a piece has in common with any original, in one way, by each measure; 0.0 is none."""

    way: Way
    containment: float
    """The larger way."""
    jaccard: float
    loading: float
    """Containment, of originals that deserialize as the piece does, itself or through a function that it calls."""
    much: tuple[float, ...]
    """Containment, of those with which it shares at least SHARED shingles."""


class Answer(Struct, frozen=True, array_like=True):
    """What one tree gives."""

    labelled: tuple[tuple[str, Best], ...]
    """For labelled copies in it: its edge, the labelled function or a part of it, and that edge's original."""
    others: tuple[tuple[int, Best], ...]
    """For all other pieces, by key, and any original of another name."""


class Question(Struct, frozen=True):
    """What is asked of each tree."""

    originals: Mapping[str, Piece]
    """By edge."""
    copies: Mapping[str, tuple[str, str, str]]
    """Tree, path and qualified name of the labelled copy, by edge."""
    read: frozenset[Key]
    """Pairs that were read and are copies."""


def pieces(files: Mapping[str, bytes]) -> Iterator[Piece]:
    """Every function and class of a tree."""
    for path, data in sorted(files.items()):
        tree = parsed(data)
        if tree is not None:
            yield from _pieces(tree, path, "", imports_of(tree, path))


def answers(wanted: Sequence[Tree], question: Question, sources: Sources, jobs: int) -> Iterator[Answer]:
    """Each tree's."""
    with ProcessPoolExecutor(jobs, initializer=deep) as pool:
        for running in [pool.submit(_answer, each, question, sources) for each in wanted]:
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


def _answer(wanted: Tree, question: Question, sources: Sources) -> Answer:
    found = list(pieces(sources.files(wanted)))
    loading = frozenset(piece.qualname.rpartition(".")[2] for piece in found if piece.loads and not piece.is_class)
    labelled: list[tuple[str, Best]] = []
    others: list[tuple[int, Best]] = []
    for way in WAYS:
        index = _Index(question, way)
        for piece in found:
            alike = index.alike(piece, loading)
            copied = [edge for edge in alike if _is_copy(piece, wanted, question.copies[edge])]
            labelled += [(edge, _best(way, [alike[edge]])) for edge in copied]
            if any(_is_around(piece, where) for where in question.copies.values()):
                continue
            foreign = [one for edge, one in alike.items() if _is_other(piece, question.originals[edge], question.read)]
            if foreign:
                others.append((piece.key, _best(way, foreign)))
    return Answer(tuple(labelled), tuple(others))


class _Common(Struct, frozen=True):
    """Shingles of a piece and an original."""

    shared: int
    smaller: int
    together: int
    loads: bool


class _Index:
    """The originals, by shingle."""

    def __init__(self, question: Question, way: Way) -> None:
        self._way = way
        self._originals = question.originals
        self._sizes: dict[str, int] = {}
        self._postings: dict[int, list[str]] = defaultdict(list)
        for edge, original in question.originals.items():
            known = shingles(original, way)
            self._sizes[edge] = len(known)
            for shingle in known:
                self._postings[shingle].append(edge)

    def alike(self, piece: Piece, loading: frozenset[str]) -> dict[str, _Common]:
        """What has enough in common with the piece, by edge."""
        mine = shingles(piece, self._way)
        postings = self._postings
        counts = Counter(edge for shingle in mine if shingle in postings for edge in postings[shingle])
        loads = piece.loads or not loading.isdisjoint(piece.calls)
        return {
            edge: _Common(
                shared, min(len(mine), size), len(mine) + size - shared, loads and self._originals[edge].loads
            )
            for edge, shared in counts.items()
            for size in [self._sizes[edge]]
            if shared >= LEAST_SHARED and shared >= LOWEST * min(len(mine), size)
        }


def _best(way: Way, common: Sequence[_Common]) -> Best:
    contained = [(one.shared / one.smaller, one) for one in common]
    return Best(
        way,
        max(value for value, _ in contained),
        max(one.shared / one.together for one in common),
        max((value for value, one in contained if one.loads), default=0.0),
        tuple(max((value for value, one in contained if one.shared >= least), default=0.0) for least in SHARED),
    )


def _is_copy(piece: Piece, wanted: Tree, where: tuple[str, str, str]) -> bool:
    return wanted.name == where[0] and piece.path == where[1] and f"{piece.qualname}.".startswith(f"{where[2]}.")


def _is_around(piece: Piece, where: tuple[str, str, str]) -> bool:
    """True for a labelled copy at any commit, a part of it, and the class it is in."""
    return piece.path == where[1] and piece.qualname.partition(".")[0] == where[2].partition(".")[0]


def _is_other(piece: Piece, original: Piece, read: frozenset[Key]) -> bool:
    return (original.qualname, piece.path, piece.qualname) not in read and not same_name(
        original.qualname, piece.qualname
    )


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

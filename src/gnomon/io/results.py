"""What the engine says about a tree, kept between runs: the same tree under the same engine gets the same answer."""

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from gnomon import __version__
from gnomon.core.finding import Finding, Recognised, Skipped
from gnomon.core.model import Knowledge
from gnomon.core.signature import Signature
from gnomon.core.spread import IN_TURN, Spread
from gnomon.core.tree import Tree
from gnomon.store import Store

if TYPE_CHECKING:
    from gnomon.python.scopes import Scope
    from gnomon.scan.detect import Recognise

ENGINE = ("core", "deployment", "python", "scan", "trace")
"""Folders of gnomon whose code decides what is found in a tree."""
_STORE = Store(name="results", max_bytes=64_000_000)
"""A large framework's answer takes about 0.3 MB."""
_NAMES = frozenset({"target", "digest", "origin"})
"""What a tree is called and how old it is: the one part of it that no answer depends on."""


class Recognition(Struct, frozen=True):
    """The signatures that the code of findings is held against."""

    version: str
    signatures: Callable[[], Iterable[Signature]]
    """Asked when the first of them is needed."""


class _Answer(Struct, frozen=True, array_like=True):
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]


def results(
    tree: Tree,
    knowledge: Knowledge,
    spread: Spread = IN_TURN,
    recognition: Recognition | None = None,
    *,
    keep: bool = True,
) -> tuple[Finding | Skipped, ...]:
    """Every finding of every rule, and what could not be analysed; answered from the cache if it can be.

    With `keep` false the cache is neither asked nor written. An answer in which gnomon itself failed or ran out of
    stack or memory is not kept, since another run may do better; and neither is one that names something that is no
    text (a file name in no encoding).
    """
    key = _key(tree, knowledge, recognition) if keep else None
    answer = None if key is None else _kept(key)
    if answer is None:
        from gnomon.python.parse import TOO_DEEP  # here: a kept answer needs no engine
        from gnomon.python.project import Project

        project = Project(tree.files, spread)
        project.prepare()
        from gnomon.scan.detect import INTERNAL_ERROR, LOST, findings

        answer = _sorted_out(findings(tree, knowledge, spread, project, _recogniser(recognition, knowledge)))
        if key is not None and not any(
            entry.reason.startswith((INTERNAL_ERROR, LOST, TOO_DEEP)) for entry in answer.skipped
        ):
            _keep(key, answer)
    return answer.findings + answer.skipped


def _recogniser(recognition: Recognition | None, knowledge: Knowledge) -> "Recognise | None":
    if recognition is None:
        return None

    @cache
    def made() -> "Recognise":
        from gnomon.trace.recognition import Recogniser  # here, since most trees have no finding
        from gnomon.trace.sinks import sink_tokens

        return Recogniser(recognition.signatures(), sink_tokens(knowledge.models))

    def recognise(scope: "Scope") -> "Recognised | None":
        return made()(scope)

    return recognise


def _sorted_out(found: Iterator[Finding | Skipped]) -> _Answer:
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    for result in found:
        if isinstance(result, Finding):
            findings.append(result)
        else:
            skipped.append(result)
    return _Answer(tuple(findings), tuple(skipped))


def _kept(key: str) -> _Answer | None:
    data = _STORE.get(key)
    if data is None:
        return None
    try:
        return msgspec.msgpack.decode(data, type=_Answer)
    except msgspec.DecodeError:
        return None


def _keep(key: str, answer: _Answer) -> None:
    try:
        data = msgspec.msgpack.encode(answer)
    except UnicodeEncodeError:
        return
    _STORE.put(key, data)


def _key(tree: Tree, knowledge: Knowledge, recognition: Recognition | None) -> str | None:
    """Hash over everything an answer depends on; None if the engine's own code can't be read."""
    engine = engine_digest(ENGINE)
    if engine is None:
        return None
    digest = hashlib.sha256()
    parts = {name: getattr(tree, name) for name in tree.__struct_fields__ if name not in _NAMES}
    for piece in _pieces(
        (
            __version__,
            engine,
            sys.version,
            knowledge.version,
            recognition.version if recognition else "",
            *parts.items(),
        )
    ):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(value: object) -> Iterator[bytes]:
    """Bytes that no other value of frozen structs, tuples, text, bytes and numbers has."""
    match value:
        case bytes():
            yield b"b%d:" % len(value)
            yield value
        case str():
            yield b"s"
            yield from _pieces(value.encode("utf-8", "surrogatepass"))
        case tuple():
            yield b"(%d:" % len(value)
            for item in value:
                yield from _pieces(item)
        case Struct():
            yield from _pieces(type(value).__name__)
            yield from _pieces(tuple(getattr(value, name) for name in value.__struct_fields__))
        case _:
            yield from _pieces(repr(value))


@cache
def engine_digest(parts: tuple[str, ...]) -> str | None:
    """Hash over the source in these folders of gnomon's, so that changed code never answers with what older code found.

    None where there is no source to read (bytecode alone, a zip file). Taken before the engine is imported, and once:
    code that changes while the process runs is not the code that runs.
    """
    root = Path(__file__).parents[1]
    try:
        sources = [(path.name, path.read_bytes()) for part in parts for path in sorted((root / part).glob("*.py"))]
    except OSError:
        return None
    digest = hashlib.sha256()
    for piece in _pieces(tuple(sources)):
        digest.update(piece)
    return digest.hexdigest() if sources else None

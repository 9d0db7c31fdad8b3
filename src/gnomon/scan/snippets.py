"""Findings of a change, from the changed files alone: only those that its new lines have a part in.

A whole file is analysed as in a scan. A fragment lacks what it took from its file: that is put above it, and places
are told without it. What is concluded so is of low confidence, unless the fragment shows the address.
"""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.edit import Edit
from gnomon.core.finding import Finding, Skipped
from gnomon.core.model import Knowledge
from gnomon.core.site import CodeSite
from gnomon.core.tree import SourceFile, Tree
from gnomon.python.fragments import mended
from gnomon.python.text import searchable
from gnomon.scan.catalog import Catalog
from gnomon.scan.completion import SENT, UNSET, missing
from gnomon.scan.detect import findings

MAX_FRAGMENT_LINES = 400
"""A longer text that imports something is a whole module, and lacks nothing."""
_IMPORT = re.compile(r"^(?:import|from)\s", re.MULTILINE)
_WORD = re.compile(r"\w+")


class _Prepared(Struct, frozen=True):
    """A file as it is analysed, and how places in it are told as places in the file as it was given."""

    file: SourceFile
    above: int = 0
    """Lines put above the text."""
    indents: tuple[int, ...] = ()
    """Columns of indentation taken away, for each line of the text."""
    lost: tuple[int, ...] = ()


def findings_of(edits: Iterable[Edit], knowledge: Knowledge) -> Iterator[Finding | Skipped]:
    """Findings that an added line has a part in: the call, a step of the way, or the evidence for who can reach it."""
    edits = tuple(edits)
    catalog = Catalog(knowledge)
    prepared = {edit.path: _prepare(edit, catalog) for edit in edits}
    added = {edit.path: edit.added for edit in edits}
    tree = Tree(target="", files=tuple(entry.file for entry in prepared.values()))
    for entry in prepared.values():
        if entry.lost:
            lines = ", ".join(map(str, entry.lost[:5])) + (" …" if len(entry.lost) > 5 else "")
            yield Skipped(path=entry.file.path, reason=f"not Python by itself; analysed without line {lines}")
    for result in findings(tree, knowledge):
        if isinstance(result, Skipped):
            yield result
            continue
        finding = _as_given(result, prepared)
        if any(_is_added(site, added) for site in _sites(finding)):
            yield finding


def _prepare(edit: Edit, catalog: Catalog) -> _Prepared:
    text = searchable(edit.data).decode()
    known = SourceFile(path=edit.path, data=edit.data)
    if not _may_be_fragment(text, edit) or not _names_a_sink(text, catalog):
        return _Prepared(known)
    fragment = mended(text)
    above = missing(fragment.text, catalog, whole=edit.whole)
    if not above and fragment.text == text:
        return _Prepared(known)
    pairs = zip(text.split("\n"), fragment.text.split("\n"), strict=True)
    indents = tuple(_indent(given) - _indent(kept) for given, kept in pairs)
    whole = f"{above}\n{fragment.text}" if above else fragment.text
    lines = above.count("\n") + 1 if above else 0
    return _Prepared(SourceFile(path=edit.path, data=whole.encode()), lines, indents, fragment.lost)


def _may_be_fragment(text: str, edit: Edit) -> bool:
    if not edit.whole or not _IMPORT.search(text):
        return True
    return text.count("\n") <= MAX_FRAGMENT_LINES


def _names_a_sink(text: str, catalog: Catalog) -> bool:
    """False for most texts: there is nothing to find in them, whatever they lack."""
    return not {api.rpartition(".")[2] for api in catalog.sinks}.isdisjoint(_WORD.findall(text))


def _as_given(finding: Finding, prepared: dict[str, _Prepared]) -> Finding:
    """The finding with its places in the text as it was given."""
    source, endpoint = finding.source, finding.endpoint
    if source.site is not None:
        source = replace(source, site=_place(source.site, prepared))
    if endpoint is not None:
        evidence = tuple(
            replace(entry, site=_place(entry.site, prepared)) if entry.site else entry for entry in endpoint.evidence
        )
        endpoint = replace(endpoint, evidence=evidence)
    assert isinstance(finding.site, CodeSite)
    above = prepared[finding.site.path].above
    return replace(
        finding,
        message=finding.message.replace(SENT, UNSET) if above else finding.message,
        site=_place(finding.site, prepared),
        source=source,
        flow=tuple(replace(step, site=_place(step.site, prepared)) for step in finding.flow),
        endpoint=endpoint,
    )


def _place(site: CodeSite, prepared: dict[str, _Prepared]) -> CodeSite:
    entry = prepared[site.path]
    if not entry.above and not entry.indents:
        return site
    span = site.span
    line, end_line = max(span.line - entry.above, 1), max(span.end_line - entry.above, 1)
    column, end_column = span.column + entry.indents[line - 1], span.end_column + entry.indents[end_line - 1]
    moved = replace(span, line=line, end_line=end_line, column=column, end_column=end_column)
    return replace(site, span=moved)


def _sites(finding: Finding) -> Iterator[CodeSite]:
    assert isinstance(finding.site, CodeSite)
    yield finding.site
    if finding.source.site is not None:
        yield finding.source.site
    yield from (step.site for step in finding.flow)
    if finding.endpoint is not None:
        yield from (entry.site for entry in finding.endpoint.evidence if entry.site is not None)


def _is_added(site: CodeSite, added: dict[str, frozenset[int] | None]) -> bool:
    lines = added[site.path]
    return lines is None or not lines.isdisjoint(range(site.span.line, site.span.end_line + 1))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))

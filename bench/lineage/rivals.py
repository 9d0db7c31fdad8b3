"""The plain clone detector jscpd beside `gnomon trace`, on three projects that copied from one another.

jscpd is an npm package and no part of this project's environments: `npm install jscpd jscpd-linux-x64-gnu` in any
folder. It gets the Python files alone, as a folder; it finds a labelled function if one of its clones covers lines of
it and lines of another labelled function of the same kind, in another project or another part of the same. Trace has
its bundled signatures, not the labels; it finds a function if it names its place.
"""

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from bench.archives import Archive, archive_path
from bench.lineage.labels import Node, nodes
from bench.lineage.reading import sinks
from bench.lineage.results import Rival
from bench.speed.measure import cost
from bench.trees import python_tree
from gnomon.python.text import searchable
from gnomon.trace.reading import units_of

TREES = {
    "vllm-project/vllm": Archive(
        "vllm", "vllm-0.6.6.tar.gz", "745bd11d3a1892100c08ec333c6e5bf20c9415a9e9dcbc5b70e9e8de066c77db"
    ),
    "sgl-project/sglang": Archive(
        "sglang", "sglang-0.5.5.tar.gz", "ab12bdec43aa4b1022a909dc3da1e4a2069edfdc397a5d5cd74bf5b88f6f22e0"
    ),
    "aphrodite-engine/aphrodite-engine": Archive(
        "aphrodite-engine",
        "aphrodite_engine-0.10.0.tar.gz",
        "0fa00409bb05f419ce9ac0b0fb48986923d35aea3e61a7ae643c0259ddb4009f",
    ),
}
WAYS: Mapping[str, tuple[str, ...]] = {
    "exact": ("-k", "50", "-m", "weak"),
    "names ignored": ("-k", "50", "-m", "weak", "--ignore-identifiers"),
}

Lines = tuple[str, int, int]
"""A file in the folder of trees, first and last line."""


class _Side(Struct, frozen=True):
    name: str
    start: int
    end: int


class _Clone(Struct, frozen=True, rename="camel"):
    first_file: _Side
    second_file: _Side


class _Total(Struct, frozen=True):
    sources: int
    lines: int


class _Statistics(Struct, frozen=True):
    total: _Total


class _Report(Struct, frozen=True):
    duplicates: tuple[_Clone, ...]
    statistics: _Statistics


class _Copy(Struct, frozen=True):
    path: str
    line: int
    end_line: int


class _Target(Struct, frozen=True):
    target: str
    copies: tuple[_Copy, ...]


class _Traced(Struct, frozen=True):
    targets: tuple[_Target, ...]


def rivals(jscpd: Path, cache: Path, *, offline: bool) -> Iterator[Rival]:
    """Each way of jscpd's, then trace's."""
    folders = {
        repo: python_tree(archive_path(archive, cache, offline=offline), cache) for repo, archive in TREES.items()
    }
    labelled = _labelled(folders)
    parent = next(iter(folders.values())).parent
    names = [folder.name for folder in folders.values()]
    told = subprocess.run([jscpd, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    files = lines = 0
    for way, options in WAYS.items():
        with tempfile.TemporaryDirectory() as out:
            where = ("--exit-code", "0", "-f", "python", "-r", "json", "-o", out)
            spent = cost([str(jscpd), *options, *where, *names], parent)
            answer = msgspec.json.decode((Path(out) / "jscpd-report.json").read_bytes(), type=_Report)
        files, lines = answer.statistics.total.sources, answer.statistics.total.lines
        found = [node for node in labelled if _joined(node, answer.duplicates, labelled)]
        yield _rival(
            f"{told}, {way}", (files, lines), (spent.wall_s, spent.peak_mb), len(answer.duplicates), found, labelled
        )
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        trace = [sys.executable, "-m", "gnomon", "trace", "--no-cache", "--no-progress", "--format", "json"]
        spent = cost([*trace, "-o", file.name, *names], parent)
        traced = msgspec.json.decode(Path(file.name).read_bytes(), type=_Traced)
    places = [(each.target, copy) for each in traced.targets for copy in each.copies]
    found = [node for node, lines in labelled.items() if any(_is_at(name, copy, lines) for name, copy in places)]
    yield _rival("gnomon trace", (files, lines), (spent.wall_s, spent.peak_mb), len(places), found, labelled)


def _rival(
    tool: str,
    size: tuple[int, int],
    spent: tuple[float, float],
    clones: int,
    found: Sequence[str],
    labelled: Mapping[str, Lines],
) -> Rival:
    return Rival(
        tool=tool,
        files=size[0],
        lines=size[1],
        seconds=round(spent[0], 1),
        peak_mb=round(spent[1]),
        clones=clones,
        found=tuple(found),
        missed=tuple(node for node in labelled if node not in found),
    )


def _labelled(folders: Mapping[str, Path]) -> dict[str, Lines]:
    """Labelled functions that are in the releases, with at least one other of their kind: their lines there."""
    found = {
        node.id: lines
        for node in nodes()
        if node.repo in folders and node.state != "helper_no_sink"
        for lines in [_lines(folders[node.repo], node)]
        if lines is not None
    }
    kinds = Counter(_kind(each) for each in found)
    return {each: lines for each, lines in found.items() if kinds[_kind(each)] > 1}


def _kind(node: str) -> str:
    return node.partition(".")[2]


def _lines(folder: Path, node: Node) -> Lines | None:
    names = {node.qualname, node.head_location[1] if node.head_location is not None else node.qualname}
    for below in dict.fromkeys(path.removeprefix("python/") for path in node.paths):
        for path in sorted(folder.glob(f"*/{below}")):
            found, _ = units_of(below, searchable(path.read_bytes()), sinks())
            for unit in found:
                if unit.qualname in names:
                    return f"{folder.name}/{path.relative_to(folder)}", unit.line, unit.end_line
    return None


def _joined(node: str, clones: Sequence[_Clone], labelled: Mapping[str, Lines]) -> bool:
    mine = labelled[node]
    others = [lines for each, lines in labelled.items() if each != node and _kind(each) == _kind(node)]
    near = [clone for clone in clones if _covers(clone.first_file, mine) or _covers(clone.second_file, mine)]
    return any(_joins(clone, mine, other) for clone in near for other in others)


def _joins(clone: _Clone, one: Lines, other: Lines) -> bool:
    first, second = clone.first_file, clone.second_file
    return (_covers(first, one) and _covers(second, other)) or (_covers(first, other) and _covers(second, one))


def _covers(side: _Side, lines: Lines) -> bool:
    return lines[0].endswith(side.name) and side.start <= lines[2] and side.end >= lines[1]


def _is_at(target: str, copy: _Copy, lines: Lines) -> bool:
    return lines[0] == f"{target}/{copy.path}" and copy.line <= lines[2] and copy.end_line >= lines[1]

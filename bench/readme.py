"""Writes the figures of results/*.json into README.md, between its markers, and the pictures beside them.

usage: python bench/readme.py [--check]
"""

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.accuracy import labels, noise, results, rivals, survival, tables, unseen
from bench.hostile import results as hostile_results
from bench.hostile import tables as hostile_tables
from bench.index import results as index_results
from bench.index import tables as index_tables
from bench.lineage import directions, pack
from bench.lineage import results as lineage_results
from bench.lineage import tables as lineage_tables
from bench.markdown import filled
from bench.probe import results as probe_results
from bench.probe import tables as probe_tables
from bench.speed import results as speed_results
from bench.speed import tables as speed_tables
from bench.wire import chart as wire_chart
from bench.wire import drained as wire_drained
from bench.wire import example as wire_example
from bench.wire import results as wire_results
from bench.wire import tables as wire_tables
from bench.wire import tls_results

PAGE = Path(__file__).with_name("README.md")


def main(argv: Sequence[str]) -> int:
    """Rewrite the page and its pictures, or with --check only say whether that would change them."""
    after = {PAGE: page(PAGE.read_text(encoding="utf-8")).encode()} | pictures()
    stale = [path.name for path, made in after.items() if not path.exists() or path.read_bytes() != made]
    if argv == ["--check"]:
        print(f"stale: {', '.join(stale)}: run bench/readme.py" if stale else "bench/README.md is current")
        return int(bool(stale))
    for path, made in after.items():
        path.write_bytes(made)
    return 0


def page(text: str) -> str:
    """The page with every block's figures taken from the kept results."""
    for block, figures in figures_of_results().items():
        text = filled(text, block, figures)
    return text


def figures_of_results() -> dict[str, str]:
    """Block name -> figures, for each result that is kept."""
    cases = labels.cases()
    accuracy = results.read() if results.COMMITTED.exists() else None
    first = () if accuracy is None else (accuracy.column,)
    figures = {}
    if accuracy is not None:
        figures["accuracy"] = tables.report(accuracy)
    if unseen.COMMITTED.exists():
        figures["unseen"] = unseen.report(unseen.read(unseen.FIRST), unseen.read(unseen.COMMITTED))
    if rivals.COMMITTED.exists():
        figures["rivals"] = rivals.report(rivals.read(), cases, first)
    if noise.COMMITTED.exists():
        figures["noise"] = noise.report(noise.read())
    if survival.COMMITTED.exists():
        figures["survival"] = survival.report(survival.read())
    if lineage_results.COMMITTED.exists():
        figures["lineage"] = lineage_tables.report(lineage_results.read())
    if pack.COMMITTED.exists():
        figures["pack"] = pack.report(pack.read())
    if directions.COMMITTED.exists():
        figures["directions"] = directions.report(directions.read())
    if speed_results.COMMITTED.exists():
        figures["speed"] = speed_tables.report(speed_results.read())
    if hostile_results.COMMITTED.exists():
        figures["hostile"] = hostile_tables.report(hostile_results.read())
    if index_results.COMMITTED.exists():
        figures["index"] = index_tables.report(index_results.read())
    return figures | _figures_of_sockets()


def _figures_of_sockets() -> dict[str, str]:
    figures = {}
    if probe_results.COMMITTED.exists():
        figures["probe"] = probe_tables.report(probe_results.read())
    if wire_results.COMMITTED.exists():
        figures["wire"] = wire_tables.report(wire_results.read())
    if wire_drained.COMMITTED.exists():
        figures["wire-drain"] = wire_tables.drains(wire_drained.read())
    if wire_example.COMMITTED.exists():
        figures["wire-example"] = wire_example.report(wire_example.read())
    if tls_results.COMMITTED.exists():
        figures["tls"] = tls_results.report(tls_results.read())
    return figures


def pictures() -> dict[Path, bytes]:
    """File -> picture, for each pattern of messages that was measured."""
    if not wire_results.COMMITTED.exists():
        return {}
    run = wire_results.read()
    return {
        wire_results.COMMITTED.with_name(wire_tables.picture(pattern)): wire_chart.drawn(run, pattern)
        for pattern in wire_tables.patterns(run)
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

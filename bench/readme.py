"""Writes the figures of results/*.json into README.md, between its markers.

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
from bench.speed import results as speed_results
from bench.speed import tables as speed_tables
from bench.wire import tls_results

PAGE = Path(__file__).with_name("README.md")


def main(argv: Sequence[str]) -> int:
    """Rewrite the page, or with --check only say whether that would change it."""
    before = PAGE.read_text(encoding="utf-8")
    after = page(before)
    if argv == ["--check"]:
        print("bench/README.md is current" if after == before else "bench/README.md is stale: run bench/readme.py")
        return int(after != before)
    PAGE.write_text(after, encoding="utf-8")
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
    return figures | _of_tls()


def _of_tls() -> dict[str, str]:
    return {"tls": tls_results.report(tls_results.read())} if tls_results.COMMITTED.exists() else {}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

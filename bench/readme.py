"""Writes the figures of results/*.json into README.md, between its markers, and the pictures beside them.

usage: python bench/readme.py [--check]
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.accuracy import labels, noise, results, rivals, survival, tables, unseen
from bench.audit import results as audit_results
from bench.audit import tables as audit_tables
from bench.fix import results as fix_results
from bench.fix import tables as fix_tables
from bench.fleet import join_results
from bench.fleet import results as fleet_results
from bench.fleet import tables as fleet_tables
from bench.guard import overhead_results, real_results, shield_results
from bench.guard import results as guard_results
from bench.guard import tables as guard_tables
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
from bench.survey import cost as survey_cost
from bench.survey import results as survey_results
from bench.survey import tables as survey_tables
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
    for block, kept, report in KEPT:
        if kept.COMMITTED.exists():
            figures[block] = report(kept.read())
    return figures


KEPT: tuple[tuple[str, ModuleType, Callable[..., str]], ...] = (
    ("noise", noise, noise.report),
    ("survival", survival, survival.report),
    ("lineage", lineage_results, lineage_tables.report),
    ("pack", pack, pack.report),
    ("directions", directions, directions.report),
    ("speed", speed_results, speed_tables.report),
    ("hostile", hostile_results, hostile_tables.report),
    ("index", index_results, index_tables.report),
    ("fleet-join", join_results, join_results.report),
    ("fleet-engines", fleet_results, fleet_tables.report),
    ("survey", survey_results, survey_tables.report),
    ("survey-cost", survey_cost, survey_cost.report),
    ("wire", wire_results, wire_tables.report),
    ("wire-drain", wire_drained, wire_tables.drains),
    ("wire-example", wire_example, wire_example.report),
    ("tls", tls_results, tls_results.report),
    ("guard-bypass", guard_results, guard_tables.report),
    ("guard-real", real_results, real_results.report),
    ("guard-overhead", overhead_results, overhead_results.report),
    ("guard-shield", shield_results, shield_results.report),
    ("audit", audit_results, audit_tables.report),
    ("probe", probe_results, probe_tables.report),
    ("fix", fix_results, fix_tables.report),
)
"""Block, the module that reads its one kept run, and what writes it."""


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

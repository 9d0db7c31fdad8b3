"""Tables of the measurements in bench/results, as bench/README.md has them."""

import sys
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.readme import figures_of_results


def figures(_: Path, name: str, *parts: str) -> str:
    """Some of what bench/README.md says in the block `name`: its paragraphs and tables by number, from 0."""
    paragraphs = _all()[name].split("\n\n")
    return "\n\n".join(paragraphs[int(part)] for part in parts)


@cache
def _all() -> dict[str, str]:
    return figures_of_results()

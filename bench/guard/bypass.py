"""Goes every way of the bypass suite: with nothing switched on, under fickling's two hooks, and under gnomon's guard.

usage: python bench/guard/bypass.py [--only WAY,…] [--under guard,…] [--torch SITE-PACKAGES] [--cache DIR] [--json FILE]

Each way is gone in processes of its own. With nothing switched on the marker must fire, else the way is none and the
suite is wrong: exit code 1. fickling is switched on as its page says, before anything else is imported, which favours
it; its allow-list is given the names that the harmless twin was seen to need. guard's policy is learned from the twin.
PyTorch is too large for the suite's own environment: --torch says where it is installed, for the same Python.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from msgspec.structs import replace

from bench.accuracy.scanner import version
from bench.archives import default_cache
from bench.guard import results, tables
from bench.guard.catalogue import WAYS
from bench.guard.guarded import Answers, guarded, said, went
from bench.guard.results import Bypass, Gone, Outcome, Under
from bench.guard.way import Way
from bench.machine import this_machine
from bench.rivals import tools

PINS = Path(__file__).with_name("requirements.txt")
UNDER: tuple[Under, ...] = ("nothing", "fickling", "fickling-ml", "guard")
MAX_S = 90


def main(argv: Sequence[str] | None = None) -> int:
    """Go and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="")
    parser.add_argument("--under", default=",".join(UNDER))
    parser.add_argument("--torch", default="")
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(argv)
    python = str(tools.installed(given.cache, PINS) / "python")
    if given.torch:
        os.environ["PYTHONPATH"] = given.torch
    under = [name for name in UNDER if name in {"nothing", *given.under.split(",")}]
    wanted = [WAYS[name] for name in (given.only.split(",") if given.only else WAYS)]
    with ThreadPoolExecutor(2) as pool:
        gone = tuple(pool.map(partial(_gone, python, under), wanted))
    run = Bypass(machine=this_machine(), tool=version(), versions=tools.versions(PINS), ways=gone)
    if given.json:
        results.write(run, given.json)
    print(tables.report(run))
    unreal = [one.id for one in gone if not one.skipped and not (one.outcomes[0].fired and one.outcomes[0].loaded)]
    print(
        f"not real, since nothing fires with nothing switched on: {', '.join(unreal)}" if unreal else "",
        file=sys.stderr,
    )
    return int(bool(unreal))


def _gone(python: str, under: Sequence[Under], way: Way) -> Gone:
    known = Gone(id=way.id, kind=way.kind, title=way.title, special=way.special, references=way.references)
    with tempfile.TemporaryDirectory() as parent:
        go = partial(went, python, [way.id], Path(parent), timeout_s=MAX_S)
        seen = go("--under", "names", "--send", "calm").of.get((way.id, "calm"), {})
        if "skipped" in seen:
            return replace(known, skipped=seen["skipped"])
        outcomes = []
        for name in under:
            if name == "guard":
                answers = guarded(python, [way], Path(parent), timeout_s=MAX_S)
            elif name == "nothing":
                answers = go()
            else:
                answers = go("--under", name, "--allow", ",".join(seen.get("names", ())))
            outcomes.append(_outcome(name, answers, way))
    print(f"{way.id}: {', '.join(f'{one.under} {one.verdict}' for one in outcomes)}", file=sys.stderr)
    return replace(known, outcomes=tuple(outcomes))


def _outcome(under: Under, answers: Answers, way: Way) -> Outcome:
    calm, fire = (answers.of.get((way.id, sent)) for sent in ("calm", "fire"))
    if calm is None or fire is None:
        return Outcome(under=under, loaded=False, fired=False, answered=False, error=answers.noise[-300:])
    loaded = calm["calmed"] and not calm["fired"] and not calm["error"]
    return Outcome(
        under=under, loaded=loaded, fired=fire["fired"], said=said(answers, way), error="" if loaded else calm["error"]
    )


if __name__ == "__main__":
    sys.exit(main())

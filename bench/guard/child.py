"""Goes ways in this process, and writes what became of each: one JSON line a way and message.

usage: python bench/guard/child.py --out FILE [--send calm,fire] [--under HOOK [--allow M.N,…]] WAY…

HOOK is fickling, fickling-ml or names: the last notes which names are looked up, as an allow-list would be
learned. A way that needs what is not installed is told as skipped. Needs the standard library, and what the ways need.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[0] = str(ROOT)  # not the folder of this file: its modules are not to be found by short names
SEEN: list[str] = []


def main(argv: Sequence[str]) -> int:
    """Go them all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--send", default="calm,fire")
    parser.add_argument("--under", default="")
    parser.add_argument("--allow", default="")
    parser.add_argument("ways", nargs="*")
    given = parser.parse_args(argv)
    import bench.guard.early  # noqa: F401  (before anything is switched on)

    _hook(given.under, [name for name in given.allow.split(",") if name])
    with given.out.open("w", encoding="utf-8") as out:
        for identifier in given.ways:
            for name in given.send.split(","):
                print(json.dumps(gone(identifier, name)), file=out, flush=True)
    return 0


def gone(identifier: str, name: str) -> dict[str, object]:
    """What became of a message that was sent along a way."""
    from bench.guard import marker
    from bench.guard.catalogue import WAYS, missing
    from bench.guard.way import Sent

    told: dict[str, object] = {"way": identifier, "sent": name}
    if lacking := missing(WAYS[identifier]):
        return told | {"skipped": lacking}
    marker.forget()
    SEEN.clear()
    error = ""
    try:
        WAYS[identifier].go(Sent(name))
    except BaseException as raised:  # noqa: BLE001  (whatever stops a load is what is asked here)
        error = f"{type(raised).__name__}: {raised}"[:300]
    return told | {"fired": marker.fired, "calmed": marker.calmed, "error": error, "names": sorted(set(SEEN))}


def _hook(under: str, allowed: list[str]) -> None:
    """Switch on what the ways are gone under, as its documentation says."""
    if under == "fickling":
        import fickling

        fickling.always_check_safety()
    elif under == "fickling-ml":
        import fickling.hook

        fickling.hook.activate_safe_ml_environment(also_allow=allowed)
    elif under == "names":
        sys.addaudithook(_note)


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event == "pickle.find_class":
        SEEN.append(".".join(map(str, arguments)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

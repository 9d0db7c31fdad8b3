"""Feeds a target what finds new ways through it, and stops at a crash: `make fuzz target=NAME seconds=N`.

A target is a file in `targets/`, named for what it feeds: `SEEDS`, some inputs to begin with, and `once(data)`, which
raises if the code under test is wrong about that input. tests/fuzz/test_targets.py gives each a few hundred inputs in
every run of the tests. What was found is kept in `.cache/fuzz/NAME` for the next time; an input that crashed is
`crash-…` there, and `python tests/fuzz/run.py NAME FILE` tries it alone.
"""

import importlib
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[2]
TARGETS = Path(__file__).with_name("targets")


def main(name: str, given: str = "60") -> None:
    """Runs one target for so many seconds, or on one file."""
    import atheris  # here, since it is no part of what continuous integration installs

    sys.path.insert(0, str(ROOT))
    with atheris.instrument_imports(include=["gnomon"]):
        target = importlib.import_module(f"tests.fuzz.targets.{name}")
    if not given.isdecimal():
        target.once(Path(given).read_bytes())
        return
    found = ROOT / ".cache" / "fuzz" / name
    found.mkdir(parents=True, exist_ok=True)
    for seed in target.SEEDS:
        (found / sha256(seed).hexdigest()).write_bytes(seed)
    options = (f"-max_total_time={given}", f"-artifact_prefix={found}/", "-timeout=20", "-rss_limit_mb=2000")
    atheris.Setup([sys.argv[0], str(found), "-max_len=20000", *options], target.once)
    atheris.Fuzz()


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit(f"name one of: {', '.join(sorted(path.stem for path in TARGETS.glob('*.py')))}")
    main(*sys.argv[1:3])

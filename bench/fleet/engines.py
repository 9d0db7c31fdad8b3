"""Measure which engine puts targets to other machines best: Dask, Ray, Daft on Ray and Spark, beside forked processes.

usage: python bench/fleet/engines.py [--only dask,ray] [--rounds N] [--environments DIR] [--other-python PYTHON]
                                     [--json OUT]

What OUT has of other engines than those of --only stays there.
Each engine is installed into an environment of its own below DIR, and none into gnomon's. Spark needs a Java 17.
"""

import argparse
import ast
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import msgspec
from packaging.version import Version

from bench.archives import default_cache
from bench.fleet import results, tables
from bench.fleet.results import Engine, Install, Run
from bench.machine import this_machine

ROOT = Path(__file__).parents[2]
REQUIREMENTS = {"dask": "distributed", "ray": "ray", "daft": "daft[ray]", "spark": "pyspark"}
GNOMON_NEEDS = ("msgspec", "click", "packaging", "platformdirs", "pyyaml")
TARGETS = (
    "mosec-0.5.1.tar.gz", "rpyc-6.0.2.tar.gz", "litserve-0.2.6.tar.gz", "checkpoint_engine-0.4.2-py3-none-any.whl",
    "fiber-0.2.1.tar.gz", "zproc-0.9.5.tar.gz", "commlink-0.4.2.tar.gz", "sglang-0.1.5.tar.gz",
)  # fmt: skip
TASKS = 16
DEADLINE_S = 500
ADAPTER = {"connect", "answers", "close", "_one", "_told", "_files"}
"""Functions of a way that gnomon would need; the others start nodes for this bench."""
QUESTIONS = {
    "start": ("start", results.Start, ()),
    "overhead": ("overhead", results.Overhead, ()),
    "worker_killed": ("worker-killed", results.Disturbed, ()),
    "node_lost": ("node-lost", results.Disturbed, ()),
    "memory": ("memory", results.Disturbed, ()),
    "open": ("stranger", results.Stranger, ("open",)),
    "secure": ("stranger", results.Stranger, ("secure",)),
}


class _NoAnswer(Exception):
    """A question that an engine did not answer."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    given = _arguments(argv)
    given.environments.mkdir(parents=True, exist_ok=True)
    load = round(os.getloadavg()[0], 1)
    measured = {name: _measured(name, given) for name in given.only.split(",")}
    if given.json and given.json.exists():
        measured = {each.name: each for each in results.read(given.json).engines} | measured
    run = Run(
        machine=this_machine(),
        load=load,
        targets=TARGETS,
        tasks=TASKS,
        other_python=_python_version(given.other_python) if given.other_python else "",
        engines=tuple(measured[name] for name in REQUIREMENTS if name in measured),
    )
    print(tables.report(run))
    if given.json:
        results.write(run, given.json)
    return 0


def _measured(name: str, given: argparse.Namespace) -> Engine:
    install = _installed(name, given.environments)
    python = given.environments / name / "bin" / "python"
    found: dict[str, object] = {}
    failed: dict[str, str] = {}
    version = ""
    targets = [str(given.cache / "archives" / target) for target in TARGETS]
    questions = QUESTIONS | {"throughput": ("throughput", results.Throughput, (str(given.rounds), *targets))}
    for field, (question, kind, more) in questions.items():
        try:
            answer = _asked(python, name, question, *more)
            version = str(answer.pop("version"))
            found[field] = msgspec.convert(answer, kind)
        except _NoAnswer as error:
            failed[question] = str(error)
        print(name, field, found.get(field) or failed.get(question), flush=True)
    other = _other_python(name, python, given) if given.other_python else ""
    return Engine(
        name=name, version=version, install=install, adapter_lines=_adapter_lines(name), failed=failed,
        other_python=other, **found,
    )  # fmt: skip


def _asked(python: Path, name: str, question: str, *more: str) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="fleet-") as folder:
        command = [python, "-m", "bench.fleet.within", name, question, folder, *more]
        try:
            done = subprocess.run(
                command, env=_environment(), cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE_S, check=False
            )
        except subprocess.TimeoutExpired:
            raise _NoAnswer(f"no answer within {DEADLINE_S} s") from None
        if done.returncode:
            raise _NoAnswer((done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1][:300])
        return _last(done.stdout)


def _last(output: str) -> dict[str, object]:
    """The JSON at the end; progress bars may stand before it on its line."""
    line = output.strip().splitlines()[-1]
    return dict(msgspec.json.decode(line[line.index('{"') :]))


def _environment() -> dict[str, str]:
    own = {"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}", "PYTHONWARNINGS": "ignore", "BENCH_DEADLINE_S": str(DEADLINE_S)}
    return os.environ | own


def _other_python(name: str, python: Path, given: argparse.Namespace) -> str:
    """What a driver in an environment of another Python is told."""
    other = given.environments / f"{name}-other"
    if not other.exists():
        subprocess.run([given.other_python, "-m", "venv", other], check=True)
        install = [other / "bin" / "pip", "install", "-q", REQUIREMENTS[name], *GNOMON_NEEDS]
        subprocess.run(install, check=True, capture_output=True)
    with tempfile.TemporaryDirectory(prefix="fleet-") as folder:
        command = [python, "-m", "bench.fleet.within", name, "served", folder]
        serving = subprocess.Popen(
            command, env=_environment(), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        address = Path(folder) / "address"
        try:
            while not address.exists() and serving.poll() is None:
                time.sleep(0.1)
            answer = _asked(other / "bin" / "python", name, "other-version", folder)
            return str(answer["told"])
        except _NoAnswer as error:
            return str(error)
        finally:
            address.unlink(missing_ok=True)
            serving.wait(60)


def _installed(name: str, environments: Path) -> Install:
    """Installs an engine if it is not there; what that cost is kept beside it."""
    kept = environments / f"{name}.json"
    if kept.exists():
        return msgspec.json.decode(kept.read_bytes(), type=Install)
    environment = environments / name
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    pip = environment / "bin" / "pip"
    before, began = _size(environment), time.monotonic()
    subprocess.run([pip, "install", "-q", "--no-cache-dir", REQUIREMENTS[name]], check=True, capture_output=True)
    install = _weighed(name, environment, time.monotonic() - began, _size(environment) - before)
    subprocess.run([pip, "install", "-q", *GNOMON_NEEDS], check=True, capture_output=True)
    kept.write_bytes(msgspec.json.encode(install))
    return install


def _weighed(name: str, environment: Path, seconds: float, size: int) -> Install:
    listed = subprocess.run(
        [environment / "bin" / "pip", "list", "--format", "json"], capture_output=True, text=True, check=True
    )
    packages = {each["name"].lower(): each["version"] for each in json.loads(listed.stdout)}
    project = REQUIREMENTS[name].partition("[")[0]
    return Install(
        requirement=f"{project} {packages[project]}", seconds=seconds, bytes=size,
        packages=len(packages.keys() - {"pip", "setuptools"}), released=_released(project, packages[project]),
    )  # fmt: skip


def _released(project: str, version: str) -> str:
    from gnomon.io import offers
    from gnomon.io.pip_settings import pip_settings
    from gnomon.io.transfer import Transfer

    settings = pip_settings()
    found = offers.candidates(project, Version(version), settings, Transfer(settings))
    return min(each.link.uploaded for each in found if each.version == Version(version))


def _adapter_lines(name: str) -> int:
    """Lines of statements that connect, hand out and take back, docstrings apart."""
    tree = ast.parse((Path(__file__).parent / "ways" / f"{name}_way.py").read_text(encoding="utf-8"))
    lines: set[int] = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name in ADAPTER:
            body = [each for each in function.body if not _is_docstring(each)]
            lines.add(function.lineno)
            for each in body:
                lines.update(range(each.lineno, (each.end_lineno or each.lineno) + 1))
    return len(lines)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _python_version(python: Path) -> str:
    done = subprocess.run([python, "--version"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(REQUIREMENTS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--environments", type=Path, default=default_cache() / "fleet-engines")
    parser.add_argument("--other-python", type=Path, help="of another minor version, for a driver that differs")
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--json", type=Path)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())

"""Measure `gnomon probe`: does it tell sockets right, does it disturb them, how fast is it, and nmap beside it.

usage: python bench/probe/run.py [--only identify,disturb,speed,nmap] [--repeats N] [--nmap PATH] [--cache DIR]
                                 [--json OUT]

Parts that are not asked for keep the figures that OUT has. Old releases of libzmq are built: that takes gcc and g++.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.archives import default_cache
from bench.machine import this_machine
from bench.probe import results, tables
from bench.probe.disturb import disturbed
from bench.probe.identify import identified
from bench.probe.results import Probe
from bench.probe.speed import FEWER, SPOKEN, beside_nmap, speed
from gnomon import __version__


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    given = _arguments(argv)
    parts = given.only.split(",")
    run = Probe(machine=this_machine(), tool=f"gnomon {__version__}")
    if given.json and given.json.exists():
        run = msgspec.structs.replace(results.read(given.json), machine=run.machine, tool=run.tool)
    if "identify" in parts:
        run = msgspec.structs.replace(run, identified=tuple(identified(given.cache)))
    if "speed" in parts:
        run = msgspec.structs.replace(run, speed=speed(given.repeats))
    if "nmap" in parts and given.nmap:
        version = _version(given.nmap)
        rivals = [each for wanted in (SPOKEN, FEWER) for each in beside_nmap(given.nmap, version, wanted, 150)]
        run = msgspec.structs.replace(run, rivals=tuple(rivals))
    if "disturb" in parts:
        scan = _nmap(given.nmap) if given.nmap else None
        run = msgspec.structs.replace(run, disturbed=tuple(disturbed(given.cache, given.repeats, scan)))
    print(tables.report(run))
    if given.json:
        results.write(run, given.json)
    return 0


def _nmap(path: str) -> Callable[[int], None]:
    def scan(port: int) -> None:
        command = [path, "-sV", "-Pn", "-n", "-p", str(port), "127.0.0.1"]
        subprocess.run(command, capture_output=True, timeout=120, check=False)

    return scan


def _version(path: str) -> str:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    return said.split()[2]


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="identify,disturb,speed,nmap")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--nmap", help="the program of that name; left out if it is not there")
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--json", type=Path)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())

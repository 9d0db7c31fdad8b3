"""The probe bench's tables say what was measured, and its parts do what they say on a small scale."""

import zmq
from msgspec.structs import replace

from bench.machine import this_machine
from bench.probe import tables
from bench.probe.identify import KINDS, MECHANISMS
from bench.probe.libraries import LIBRARIES
from bench.probe.results import Disturbed, Identified, Probe, Rival, Speed
from bench.probe.speed import EXPECTED, _probed, _wrong, mixed

SEEN = Identified(release="4.3.5", kind="PULL", mechanism="NULL", had=True, seen="3.1 NULL PULL open", right=True)
COST = Disturbed(release="4.3.5", pair="PUSH>PULL", way="gnomon", repeats=1, probes=20, sent=300, lost=2, junk=1)
RUN = Probe(
    machine=this_machine(),
    tool="gnomon 0",
    identified=(SEEN, replace(SEEN, kind="PUSH", right=False), replace(SEEN, mechanism="CURVE", had=False)),
    disturbed=(COST, replace(COST, way="control", probes=0, lost=0, junk=0)),
    speed=Speed(ports={"open": 10}, seconds=2.0, wall_s=2.5, processor_s=1.0, peak_mb=40.0, wrong=1, repeats=3),
    rivals=(
        Rival(tool="a", version="1", ports={"open": 4}, seconds=1.0, finished=True, right=1, named=2, of=4, false=3),
        Rival(tool="b", version="2", ports={"open": 4}, seconds=150.0, finished=False, right=0, named=0, of=4, false=0),
    ),
)


def test_each_table_has_its_figures():
    """What a build lacks is a dash, and so is what a tool that did not finish did not say."""
    text = tables.report(RUN)

    assert "all together 1/2 (50 %)" in text
    assert "| 4.3.5 | 1/2 | - | - | - | - |" in text
    assert "| 4.3.5 | 0 of 300, 0 | 2 of 300, 1 (20 probes) | - | - |" in text
    assert "| ports a second | 5 |" in text
    assert "| taken for something else | 1 of 30 |" in text
    assert "| a 1 | 4 open | 1.0 s | 2/4 (50 %) | 1/4 (25 %) | 3 |" in text
    assert "| b 2 | 4 open | unfinished at 150 s | - | - | - |" in text


def test_the_libraries_are_in_order():
    """From the oldest to the newest, each by its archive's digest."""
    releases = [tuple(map(int, each.release.split("."))) for each in LIBRARIES]

    assert releases == sorted(set(releases))
    assert all(len(each.archive.sha256) == 64 for each in LIBRARIES)
    assert len(KINDS) * len(MECHANISMS) == 55


def test_mixed_ports_are_told_apart():
    """A few of each sort, by the command itself."""
    assert zmq.zmq_version_info() >= (4,)
    with mixed(dict.fromkeys(EXPECTED, 2)) as ports:
        answer, _, used = _probed(ports)

    assert sorted(ports.values()) == sorted([*EXPECTED, *EXPECTED])
    assert _wrong(answer, ports) == 0
    assert used.ru_maxrss > 0

"""Hosts behind a packet filter: what it drops is filtered, what it refuses closed or unreachable; namespaces."""

import json
import sys

import pytest

from tests.wire.hosts import Hosts, line, why_not

_REASON = why_not()
pytestmark = pytest.mark.skipif(bool(_REASON), reason=_REASON)

SERVER = """
import socket, sys, zmq
context = zmq.Context()
kept = []
for port in (5555, 5556, 5557, 5558):
    one = context.socket(zmq.PULL)
    one.bind(f"tcp://0.0.0.0:{port}")
    kept.append(one)
quiet = socket.create_server(("0.0.0.0", 5559))
print("ready", flush=True)
sys.stdin.read()
"""
# nftables by netlink, in the namespace alone: 5556 is dropped, 5557 reset, 5558 answered with ICMP's "prohibited".
FILTER = """
from pyroute2.netlink.nfnetlink.nftsocket import Cmp
from pyroute2.nftables.expressions import genex, verdict
from pyroute2.nftables.main import NFTables

def to(port):
    def equal(value):
        return genex("cmp", {"sreg": 1, "op": Cmp.NFT_CMP_EQ, "data": {"attrs": [("NFTA_DATA_VALUE", value)]}})
    return [
        genex("meta", {"key": 16, "dreg": 1}), equal(b"\\x06"),  # the protocol above IP is TCP
        genex("payload", {"dreg": 1, "base": 2, "offset": 2, "len": 2}), equal(port.to_bytes(2, "big")),
    ]

tables = NFTables(nfgen_family=2)
tables.table("add", name="probe")
tables.chain("add", table="probe", name="in", hook="input", type="filter", policy=1)
tables.rule("add", table="probe", chain="in", expressions=(to(5556), verdict(0)))
for port, kind, code in ((5557, 1, 0), (5558, 0, 13)):
    refuse = [genex("reject", {"type": kind, "icmp_code": code})]
    tables.rule("add", table="probe", chain="in", expressions=(to(port), refuse))
print("filters", flush=True)
"""
GREETS = """
import os, sys
os.execv(sys.executable, [sys.executable, "-m", "gnomon", "probe", *sys.argv[1:]])
"""


@pytest.fixture(scope="module")
def hosts():
    """A host that asks, and two others."""
    made = Hosts(2)
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(hosts):
    """The address of a host with four open sockets and a silent one, three of them behind its packet filter."""
    host = hosts.others[0]
    started = host.start(SERVER)
    assert line(started) == "ready"
    filters = host.start(FILTER)
    try:
        told = line(filters)
    except EOFError:
        pytest.skip("this kernel has no nftables")
    assert told == "filters"
    return "10.77.1.2"


def answer(hosts, *arguments):
    """(the JSON answer, exit code) of a probe from the host in the middle."""
    process = hosts.middle.start(GREETS, *arguments, "--format", "json", "--all", "--no-progress")
    output, _ = process.communicate(timeout=60)
    return json.loads(output), process.returncode


def test_a_packet_filter_is_seen_as_such(hosts, server):
    """Dropped is no answer, a reset looks closed, "prohibited" is unreachable; the open socket is critical."""
    found, code = answer(hosts, f"{server}:5555-5560")

    assert {row["port"]: row["verdict"] for row in found["sockets"]} == {
        5555: "open",
        5556: "filtered",
        5557: "closed",
        5558: "unreachable",
        5559: "not-zeromq",
        5560: "closed",
    }
    [finding] = found["findings"]
    assert (finding["severity"], finding["path"], code) == ("critical", f"tcp://{server}:5555", 1)


def test_a_network_is_asked_and_its_empty_addresses_are_no_failure(hosts, server):
    """The server and its neighbour in one network; nobody answers for the others."""
    found, code = answer(hosts, "10.77.1.0/29:5555", "--timeout", "0.3")

    verdicts = {row["endpoint"]: row["verdict"] for row in found["sockets"]}
    assert verdicts["tcp://10.77.1.2:5555"] == "open"
    assert verdicts["tcp://10.77.1.1:5555"] == "closed"
    assert len(verdicts) == 6
    assert code == 1


def test_a_host_without_a_way_to_it_is_told(hosts):
    """There is no route: the answer is incomplete."""
    found, code = answer(hosts, "10.99.99.99:5555")

    assert [entry["path"] for entry in found["skipped"]] == ["10.99.99.99"]
    assert code == 4


def test_a_cable_that_is_down_is_no_answer(hosts):
    """It says that nothing answered."""
    hosts.others[1].switch("down")
    try:
        found, code = answer(hosts, "10.77.2.2:5555-5556", "--timeout", "0.2")
    finally:
        hosts.others[1].switch("up")

    assert {row["verdict"] for row in found["sockets"]} <= {"filtered", "unreachable"}
    assert code in (0, 4)
    assert found["remarks"] or found["skipped"]


def test_sockets_of_other_network_namespaces_are_listed(hosts, server):
    """Their process is named; they are asked from Python 3.12 on, as root, and else told as not asked."""
    import subprocess

    command = [sys.executable, "-m", "gnomon", "probe", "--local", "--format", "json", "--no-progress"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    found = json.loads(result.stdout)
    inside = [row for row in found["sockets"] if row["owner"] and row["owner"]["namespace"] and row["port"] == 5555]
    if not inside:
        pytest.skip("this user may not look into the processes of other users")
    expected = {"open"} if sys.version_info >= (3, 12) else {"unasked"}
    assert {row["verdict"] for row in inside} == expected
    if expected == {"unasked"}:
        assert "Python 3.12" in inside[0]["detail"]
        assert result.returncode == 4

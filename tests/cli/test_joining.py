"""Which loads in a framework's code a listening socket may lead to."""

import pytest
from msgspec.structs import replace

from gnomon.cli.joining import advisories_of, both, matching
from gnomon.core.endpoint import Endpoint
from gnomon.core.finding import Finding, Source
from gnomon.core.severity import Confidence, Severity
from gnomon.core.site import CodeSite, Span
from gnomon.probe.observation import IpcPlace, Observation, TcpPlace
from gnomon.probe.owner import Owner, Package
from gnomon.probe.verdict import Joined, row

TCP = row(Observation(place=TcpPlace(host="x", address="127.0.0.1", port=5557), state="silent"))
IPC = row(Observation(place=IpcPlace(path="/run/x"), state="silent"))


def load(kind="zmq", severity=Severity.CRITICAL, **endpoint):
    """A finding of scan."""
    return Finding(
        rule="pickle-over-network",
        severity=severity,
        confidence=Confidence.HIGH,
        message="",
        site=CodeSite(path="a.py", span=Span(line=1, end_line=1)),
        qualname="f",
        sink="pickle.loads",
        source=Source(kind=kind),
        endpoint=Endpoint(**{"role": "bind", "transport": "tcp", "address": "tcp://*:5557"} | endpoint),
    )


@pytest.mark.parametrize(
    ("found", "leads"),
    [
        (load(), True),
        (load(address="tcp://*:{port}"), True),
        (load(address=""), True),
        (load(transport="unknown", role="unknown", address=""), True),
        (load(address="tcp://*:5558"), False),
        (load(role="connect"), False),
        (load(transport="ipc", address="ipc:///run/x"), False),
        (load(kind="http"), False),
        (load(severity=Severity.NOTE), False),
    ],
)
def test_a_load_is_joined_if_the_socket_may_be_its_own(found, leads):
    """Same transport, an end that listens, the port if the code has one; not if authentication comes before it."""
    assert matching(TCP, [found]) == ([found] if leads else [])


def test_unix_sockets_have_their_own():
    """By transport."""
    found = load(transport="ipc", address="ipc:///run/x")

    assert matching(IPC, [found, load()]) == [found]


def test_a_frameworks_version_is_held_against_the_advisories():
    """A version that is affected gets its ids; one that is not, and an owner without a framework, get none."""
    join = advisories_of()

    def told(version):
        owner = Owner(pid=1, framework=Package(name="vllm", version=version))
        return join(replace(TCP, owner=owner)).advisories

    assert "CVE-2025-32444" in told("0.8.4")
    assert "CVE-2025-32444" not in told("0.8.5")
    assert told("of unknown version") == ()
    assert join(TCP).advisories == ()


def test_what_several_know_is_put_together():
    """Advisories and loads of both, each once."""
    found = load()
    joined = both(lambda _: Joined(advisories=("A", "B")), lambda _: Joined(advisories=("B", "C"), matches=(found,)))

    assert joined(TCP) == Joined(advisories=("A", "B", "C"), matches=(found,))

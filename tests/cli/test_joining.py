"""Which loads in a framework's code a listening socket may lead to."""

import pytest

from gnomon.cli.joining import matching
from gnomon.core.endpoint import Endpoint
from gnomon.core.finding import Finding, Source
from gnomon.core.severity import Confidence, Severity
from gnomon.core.site import CodeSite, Span
from gnomon.probe.observation import IpcPlace, Observation, TcpPlace
from gnomon.probe.verdict import row

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

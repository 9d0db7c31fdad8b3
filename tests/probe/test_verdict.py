"""From what was seen to a row and a finding: one table of severity for code and sockets."""

import pytest

from gnomon.core.rule import Rule
from gnomon.core.severity import Confidence, Severity
from gnomon.knowledge.load import load
from gnomon.probe.observation import IpcPlace, Observation, TcpPlace
from gnomon.probe.owner import Listener, Owner, Package
from gnomon.probe.verdict import RULE, Joined, finding, nothing_known, row
from gnomon.probe.zmtp import Speaker


@pytest.fixture(scope="module")
def rule() -> Rule:
    """The rule on sockets."""
    return next(rule for rule in load().rules if rule.id == RULE)


def spoke(address="10.0.0.5", **said):
    """What a port did that speaks ZeroMQ."""
    speaker = Speaker(**{"version": "3.1", "mechanism": "NULL", "admission": "open", "socket_type": "PULL"} | said)
    return Observation(place=TcpPlace(host="node", address=address, port=5557), state="zmtp", said=speaker)


@pytest.mark.parametrize(
    ("address", "said", "verdict", "severity", "confidence"),
    [
        ("8.8.8.8", {}, "open", Severity.CRITICAL, Confidence.HIGH),
        ("10.0.0.5", {}, "open", Severity.CRITICAL, Confidence.HIGH),
        ("127.0.0.1", {}, "open", Severity.MEDIUM, Confidence.HIGH),
        ("::1", {}, "open", Severity.MEDIUM, Confidence.HIGH),
        ("10.0.0.5", {"socket_type": "PUB"}, "open", Severity.LOW, Confidence.HIGH),
        ("10.0.0.5", {"version": "2.0", "mechanism": ""}, "open", Severity.CRITICAL, Confidence.HIGH),
        (
            "10.0.0.5",
            {"version": "1.0", "mechanism": "", "socket_type": ""},
            "open",
            Severity.CRITICAL,
            Confidence.MEDIUM,
        ),
        ("10.0.0.5", {"admission": "denied", "socket_type": ""}, "denied", Severity.NOTE, Confidence.HIGH),
        ("10.0.0.5", {"admission": "hung-up", "socket_type": ""}, "denied", Severity.NOTE, Confidence.LOW),
        ("10.0.0.5", {"admission": "unanswered", "socket_type": ""}, "unclear", Severity.CRITICAL, Confidence.LOW),
        ("10.0.0.5", {"admission": "unasked", "mechanism": "CURVE"}, "protected", Severity.NOTE, Confidence.HIGH),
        ("10.0.0.5", {"admission": "unasked", "mechanism": "PLAIN"}, "protected", Severity.NOTE, Confidence.MEDIUM),
        (
            "10.0.0.5",
            {"admission": "unasked", "mechanism": "", "version": ""},
            "unclear",
            Severity.CRITICAL,
            Confidence.LOW,
        ),
    ],
)
def test_who_can_reach_it_and_what_keeps_strangers_out(rule, address, said, verdict, severity, confidence):
    """Reach by the address, authentication by the mechanism, severity by the table of `core/severity.py`."""
    seen = row(spoke(address, **said))
    found = finding(seen, rule, nothing_known(seen))

    assert (seen.verdict, found.severity, found.confidence) == (verdict, severity, confidence)
    assert {entry.claim for entry in found.endpoint.evidence} == {"role", "reach", "authentication"}
    assert bool(found.remedy) is (severity is not Severity.NOTE)


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ("silent", "not-zeromq"),
        ("foreign", "not-zeromq"),
        ("closed", "closed"),
        ("filtered", "filtered"),
        ("failed", "failed"),
    ],
)
def test_what_speaks_no_zeromq_is_no_finding(rule, state, verdict):
    """It is a row."""
    seen = row(Observation(place=TcpPlace(host="node", address="10.0.0.5", port=22), state=state))

    assert seen.verdict == verdict
    assert finding(seen, rule, Joined()) is None


def test_a_listening_socket_is_judged_by_what_it_is_bound_to(rule):
    """It is asked on loopback, but others reach it on every interface."""
    owner = Owner(pid=9, name="python3", framework=Package(name="vllm", version="0.8.4"), basis="observed")
    seen = row(spoke("127.0.0.1"), Listener(place=spoke().place, bound="0.0.0.0", owner=owner))
    found = finding(seen, rule, Joined(advisories=("CVE-2025-32444",)))

    assert (found.severity, found.advisories) == (Severity.CRITICAL, ("CVE-2025-32444",))
    assert found.message == (
        "PULL socket of vllm 0.8.4 (python3, pid 9) at tcp://0.0.0.0:5557 lets in whoever connects (ZMTP 3.1, NULL)"
    )
    assert found.site.address == "tcp://0.0.0.0:5557"


def test_a_finding_stays_the_same_when_the_server_is_started_anew(rule):
    """Its fingerprint has no process id; another address or type is another finding."""

    def print_of(pid, **said):
        listener = Listener(place=spoke().place, bound="10.0.0.5", owner=Owner(pid=pid, name="x"))
        return finding(row(spoke(**said), listener), rule, Joined()).fingerprint

    assert print_of(1) == print_of(2) != print_of(1, socket_type="PUB")
    assert len(print_of(1)) == 32


def test_a_unix_socket_is_this_hosts(rule):
    """Medium, as any loopback address."""
    seen = row(Observation(place=IpcPlace(path="/run/x"), state="zmtp", said=spoke().said))

    assert (seen.port, seen.endpoint, finding(seen, rule, Joined()).severity) == (None, "ipc:///run/x", Severity.MEDIUM)

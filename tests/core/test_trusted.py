"""A literal address in a trusted network makes a finding milder, and nothing else does."""

import pytest
from msgspec.structs import replace

from gnomon.core.endpoint import Endpoint
from gnomon.core.finding import Finding, Source
from gnomon.core.severity import Severity
from gnomon.core.site import CodeSite, Span
from gnomon.core.trusted import lowered, networks

TRUSTED = networks(["10.0.0.0/8", "fd00::/8", "0.0.0.0/30"])
FINDING = Finding(
    rule="r",
    severity=Severity.CRITICAL,
    confidence="high",
    message="m",
    site=CodeSite(path="a.py", span=Span(line=1, end_line=1)),
    qualname="f",
    sink="pickle.loads",
    source=Source(kind="zmq"),
    endpoint=Endpoint(role="bind", transport="tcp", address="tcp://10.1.2.3:5557", reach="any-host"),
)


def _at(address, **more):
    return replace(FINDING, endpoint=replace(FINDING.endpoint, address=address, **more))


@pytest.mark.parametrize(
    "address",
    [
        "tcp://10.1.2.3:5557", "10.1.2.3", "10.1.2.3:80", "tcp://10.1.2.3:{port}", "http://10.1.2.3/path",
        "tcp://[fd00::1]:5557", "fd00::1", "tcp://10.0.0.1:1 or tcp://10.0.0.2:1",
    ],
)  # fmt: skip
def test_a_literal_address_inside_lowers_to_medium_and_says_why(address):
    """The evidence names who trusts which network, and what the severity was."""
    result = lowered(_at(address), TRUSTED, "pyproject.toml")

    assert result.severity is Severity.MEDIUM
    note = result.endpoint.evidence[-1].note
    assert note.startswith("trusted by pyproject.toml: inside of ")
    assert note.endswith("; lowered from critical")


@pytest.mark.parametrize(
    "address",
    [
        "", "tcp://192.168.0.1:1", "tcp://0.0.0.0:5557", "0.0.0.0", "tcp://*:5557", "tcp://{host}:5557",
        "tcp://10.1.2.3.evil.example:1", "http://10.1.2.3@evil.example/", "http://10.1.2.3:{a@b}/", "tcp://{10.1.2.3}:1",
        "tcp://10.1.2.3:1 or tcp://*:1", "tcp://10.1.2.3:1 or tcp://{host}:1", "10.1.2.3 {host}", "tcp://010.1.2.3:1",
        "tcp://[::]:1", "tcp://10.1.2:1", "http://10.1.2.3:80@evil.example/", "{host}", "http://10.1.2.3/@evil",
        " or ".join(f"tcp://10.0.0.{n}:1" for n in range(5)),
    ],
)  # fmt: skip
def test_any_other_address_changes_nothing(address):
    """Wildcards, names, addresses decided at run time, and any alternative outside."""
    assert lowered(_at(address), TRUSTED, "pyproject.toml") == _at(address)


def test_what_the_address_does_not_tell_all_about_is_not_lowered():
    """A peer chosen by a request, further addresses, no endpoint at all; and what is mild already."""
    unchanged = [
        _at("tcp://10.1.2.3:1", peer_chosen_by_request=True),
        replace(FINDING, other_addresses=1),
        replace(FINDING, endpoint=None),
        replace(FINDING, severity=Severity.MEDIUM),
        replace(FINDING, severity=Severity.NOTE),
    ]

    assert [lowered(finding, TRUSTED, "x") for finding in unchanged] == unchanged


def test_a_network_that_is_none_is_refused():
    """Host bits set, or no address: the error names the text."""
    for text in ("10.0.0.1/8", "lan", ""):
        with pytest.raises(ValueError, match=text or "''"):
            networks([text])

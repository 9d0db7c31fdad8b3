"""What the user names becomes hosts and ports; what may be anybody's is told apart."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.core.errors import TargetError
from gnomon.probe.observation import TcpPlace
from gnomon.probe.targets import Addressed, foreign, is_own, listed, named, places, ports_of


@pytest.mark.parametrize(
    ("text", "host", "ports"),
    [
        ("127.0.0.1:5555", "127.0.0.1", (5555,)),
        ("node7:5555,6000-6002", "node7", (5555, 6000, 6001, 6002)),
        ("10.0.0.0/24:5555", "10.0.0.0/24", (5555,)),
        ("[::1]:5555", "::1", (5555,)),
        ("::1", "::1", (7,)),
        ("[fd00::]/120:5555", "fd00::/120", (5555,)),
        ("fe80::1%eth0", "fe80::1%eth0", (7,)),
        ("gpu-1.example.org", "gpu-1.example.org", (7,)),
        ("node:5555,5555,5554-5556", "node", (5555, 5554, 5556)),
    ],
)
def test_hosts_and_ports(text, host, ports):
    """Names, addresses of both kinds, networks; lists and ranges of ports."""
    found = named(text, (7,))

    assert (found.host, found.ports) == (host, ports)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a b",
        "node:0",
        "node:65536",
        "node:9-8",
        "node:x",
        "-x",
        "node:5555-",
        "0.0.0.0",
        "224.0.0.1",
        "[::]:1",
        "node:٣",
    ],
)
def test_what_names_nothing_is_refused(text):
    """With what could be typed instead."""
    with pytest.raises(TargetError) as caught:
        named(text)

    assert caught.value.remedy


def test_a_file_of_targets_has_comments():
    """A line each; an error names its line."""
    lines = ["# servers", "", "node1:5555  # the first", "10.0.0.0/30"]

    assert [target.host for target in listed(lines)] == ["node1", "10.0.0.0/30"]
    with pytest.raises(TargetError, match="line 2: 'a b' is no host"):
        list(listed(["node1", "a b"]))


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("127.0.0.1", True), ("127.9.9.9", True), ("10.1.2.3", True), ("172.31.255.255", True), ("172.32.0.0", False),
        ("192.168.0.1", True), ("169.254.1.1", True), ("8.8.8.8", False), ("100.64.0.1", False), ("198.18.0.1", False),
        ("::1", True), ("fd00::1", True), ("fe80::1%eth0", True), ("2001:db8::1", False), ("::ffff:8.8.8.8", False),
        ("::ffff:10.0.0.1", True),
    ],
)  # fmt: skip
def test_private_addresses_are_the_users_own(address, own):
    """An address of IPv4 within IPv6 is what it stands for."""
    assert is_own(address) is own


def test_networks_that_reach_beyond_are_foreign():
    """A network is the user's own if all of it is."""
    targets = [named("10.0.0.0/8"), named("10.0.0.0/7"), named("node"), named("8.8.8.8")]

    assert list(foreign(targets)) == ["10.0.0.0/7", "8.8.8.8"]


def test_every_place_once_hosts_taking_turns():
    """No host is asked for all of its ports at a stretch, and none twice for one."""
    targets = [
        Addressed(host="a", addresses=("10.0.0.1", "10.0.0.2"), ports=(1, 2)),
        Addressed(host="b", addresses=("10.0.0.1",), ports=(2, 3)),
    ]

    assert [(place.address[-1], place.port) for place in places(targets)] == [
        ("1", 1), ("2", 1), ("1", 2), ("2", 2), ("1", 3),
    ]  # fmt: skip


def test_an_endpoint_is_written_as_zeromq_writes_it():
    """Brackets around IPv6."""
    assert TcpPlace(host="x", address="::1", port=5).endpoint == "tcp://[::1]:5"


@given(st.text(max_size=30))
def test_any_text_is_a_target_or_refused(text):
    """Nothing else is raised."""
    for read in (named, ports_of):
        with suppress(TargetError):
            read(text)

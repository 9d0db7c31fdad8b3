"""Which endpoints a rule is for, what it makes of them, and which rules are none."""

import pytest

from gnomon.guard.errors import ShieldError
from gnomon.guard.sockets.addresses import Narrowing, is_everywhere, parsed


@pytest.mark.parametrize(
    "text",
    ["tcp://*:5555", "tcp://[::]:*", "tcp://eth0:!", "ipc:///run/a:b", "ipc://@name", "inproc://a:1", "udp://h:1"],
)
def test_an_endpoint_is_written_as_it_was_read(text):
    """Parts and whole are the same."""
    assert str(parsed(text)) == text


@pytest.mark.parametrize(
    "host",
    ["*", "0.0.0.0", "0", "0.0", "0x0", "[::]", "::", "[0:0::0]", "[::ffff:0.0.0.0]", "[::%eth0]", "[*]", "", "[]"],
)
def test_every_spelling_of_all_interfaces_is_known(host):
    """Those of getaddrinfo(3) too."""
    assert is_everywhere(host)
    assert Narrowing({"tcp://*": "tcp://lo"}).applied(f"tcp://{host}:5555") == "tcp://lo:5555"


@pytest.mark.parametrize("host", ["127.0.0.1", "eth0", "[::1]", "10.0.0.0", "host.example", "1", "[::ffff:10.0.0.1]"])
def test_one_interface_is_not_all(host):
    """It stays, if no rule is for it."""
    assert not is_everywhere(host)
    assert Narrowing({"tcp://*": "tcp://lo"}).applied(f"tcp://{host}:5555") == f"tcp://{host}:5555"


@pytest.mark.parametrize(
    ("asked", "bound"),
    [
        ("tcp://0.0.0.0:1", "tcp://eth0:1"),
        ("tcp://*:1", "tcp://127.0.0.1:1"),
        ("tcp://[::]:*", "tcp://[::1]:*"),
        ("tcp://0:0", "tcp://127.0.0.1:0"),
        ("tcp://10.1.1.1:1", "tcp://lo:1"),
        ("ipc://*", "ipc://*"),
        ("inproc://*:1", "inproc://*:1"),
        ("nonsense", "nonsense"),
    ],
)
def test_the_rule_for_that_very_spelling_goes_first(asked, bound):
    """Ports stay, other transports too."""
    rules = {
        "tcp://*": "tcp://127.0.0.1",
        "tcp://0.0.0.0": "tcp://eth0",
        "tcp://[::]": "tcp://[::1]",
        "tcp://10.1.1.1": "tcp://lo",
    }

    assert Narrowing(rules).applied(asked) == bound


def test_without_rules_nothing_changes():
    """What libzmq would refuse is left to it."""
    assert [Narrowing({}).applied(asked) for asked in ("tcp://*:1", "tcp://*")] == ["tcp://*:1", "tcp://*"]


def test_what_has_no_port_can_not_be_narrowed():
    """It is refused before libzmq is asked."""
    with pytest.raises(ShieldError, match="it has no port"):
        Narrowing({"tcp://*": "tcp://lo"}).applied("tcp://*")


@pytest.mark.parametrize(
    ("asked", "to", "why"),
    [
        ("tcp://*", "tcp://0.0.0.0", "no narrowing"),
        ("tcp://10.0.0.1", "tcp://*", "no narrowing"),
        ("tcp://*", "ipc:///run/socket", "only tcp://"),
        ("ipc://*", "tcp://lo", "only tcp://"),
        ("*", "tcp://lo", "only tcp://"),
        ("tcp://*:5555", "tcp://lo", "it has a port"),
        ("tcp://*", "tcp://lo:5555", "it has a port"),
        ("tcp://*", "tcp://[::1]:5555", "it has a port"),
        ("tcp://*", "tcp://", "is no endpoint"),
        ("tcp://*", "tcp://eth0;10.0.0.1", "is no endpoint"),
        ("tcp://*", "tcp://eth 0", "is no endpoint"),
        ("tcp://*", "tcp://10.0.0.0/8", "is no endpoint"),
        ("tcp://*", "tcp://::1", r"tcp://\[::1\]"),
    ],
)
def test_a_rule_that_can_never_apply_is_an_error(asked, to, why):
    """It names both sides, and tells how to write one."""
    with pytest.raises(ShieldError, match=why) as caught:
        Narrowing({asked: to})

    assert repr(asked) in caught.value.problem
    assert '"binds"' in caught.value.remedy

"""Events of connections become what a user can act on: which end misses which key."""

import errno

import pytest
import zmq

from gnomon.wire.errors import KeyWrong
from gnomon.wire.handshake import OTHER_MECHANISM, Connections
from gnomon.wire.mechanism import Face
from gnomon.wire.stats import Complaints, Counts

HERE = "tcp://127.0.0.1:1"
THERE = "tcp://127.0.0.1:2"
FACE = Face(key_id="00112233aabbccdd", expects="ffeeddcc00112233")
DENIED, NO_DETAIL = zmq.EVENT_HANDSHAKE_FAILED_AUTH, zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
PROTOCOL, MADE = zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL, zmq.EVENT_HANDSHAKE_SUCCEEDED


@pytest.fixture
def counts():
    """Counts of a socket."""
    return Counts()


def _connections(counts, *, binds, face=FACE):
    made = Connections(binds=binds, name="PUSH", counts=counts, complaints=Complaints())
    made.shows(HERE, face)
    return made


def test_a_server_that_says_no_is_believed_at_once(counts):
    """The error names the endpoint and the key that it has not."""
    connections = _connections(counts, binds=False)

    connections.note(DENIED, 400, HERE, 0.0)

    assert isinstance(connections.trouble, KeyWrong)
    assert f"{HERE} does not let key 00112233aabbccdd in" in str(connections.trouble)


def test_another_mechanism_is_told_at_once(counts):
    """One end has no key, or is in another mode."""
    connections = _connections(counts, binds=False)

    connections.note(PROTOCOL, OTHER_MECHANISM, HERE, 0.0)

    assert "has no key, or is in another mode" in str(connections.trouble)


@pytest.mark.parametrize(
    ("face", "words"),
    [
        (FACE, "the pair of public key ffeeddcc00112233"),
        (Face(key_id="00112233aabbccdd"), "does not have this key"),
        (Face(key_id=""), "does not answer as a socket of this mode"),
    ],
)
def test_handshakes_that_break_off_are_trouble_if_they_go_on(counts, face, words):
    """One may be a server that was just ending; within a second it is known."""
    connections = _connections(counts, binds=False, face=face)

    connections.note(NO_DETAIL, errno.EPIPE, HERE, 0.0)
    connections.note(PROTOCOL, 0x11000001, HERE, 0.2)
    assert connections.trouble is None

    connections.note(NO_DETAIL, errno.EPIPE, HERE, 0.6)
    assert words in str(connections.trouble)


@pytest.mark.parametrize("event", [(PROTOCOL, OTHER_MECHANISM), (NO_DETAIL, errno.EPIPE)])
def test_a_mode_that_was_not_named_is_explained_where_the_other_end_may_be_in_another(counts, caplog, event):
    """At both ends; a key that is missing on a list has nothing to do with it."""
    client, server = (_connections(counts, binds=binds) for binds in (False, True))
    client.why = server.why = "here the moon chose"

    client.note(*event, HERE, 0.0)
    client.note(*event, HERE, 1.0)
    server.note(PROTOCOL, OTHER_MECHANISM, HERE, 0.0)

    assert str(client.trouble).endswith("; here the moon chose")
    assert "is in another mode; here the moon chose" in caplog.messages[-1]
    client.note(DENIED, 400, HERE, 2.0)
    assert "moon" not in str(client.trouble)


def test_success_ends_the_trouble_of_its_endpoint_alone(counts):
    """A server that got the key is used again; what another one refuses stays an error."""
    connections = _connections(counts, binds=False)
    connections.note(DENIED, 400, HERE, 0.0)

    connections.note(MADE, 0, THERE, 1.0)
    assert connections.trouble is not None

    connections.note(MADE, 0, HERE, 1.0)
    assert connections.trouble is None
    assert counts.connections == 2


def test_trying_another_key_forgets_the_trouble(counts):
    """And the failures that led to it."""
    connections = _connections(counts, binds=False)
    connections.note(NO_DETAIL, errno.EPIPE, HERE, 0.0)
    connections.note(NO_DETAIL, errno.EPIPE, HERE, 1.0)
    assert connections.trouble is not None

    connections.shows(HERE, Face(key_id="0000000000000000"))
    connections.note(NO_DETAIL, errno.EPIPE, HERE, 2.0)

    assert connections.trouble is None


def test_nobody_watching_is_trouble(counts):
    """It is told, and what was wrong before stays the answer."""
    connections = _connections(counts, binds=True)
    connections.lost()
    assert "ended by an error" in str(connections.trouble)

    refused = _connections(counts, binds=False)
    refused.note(DENIED, 400, HERE, 0.0)
    refused.lost()
    assert "does not let" in str(refused.trouble)


@pytest.mark.parametrize(
    ("event", "value", "words"),
    [
        (DENIED, 400, "not on the list"),
        (PROTOCOL, OTHER_MECHANISM, "no key, or is in another mode"),
        (PROTOCOL, 0x11000001, "0x11000001"),
        (NO_DETAIL, errno.EPIPE, "Broken pipe"),
    ],
)
def test_strangers_are_counted_and_no_trouble(counts, caplog, event, value, words):
    """Whoever knocks at a server can't stop it; the log says what was wrong with them."""
    connections = _connections(counts, binds=True)

    connections.note(event, value, HERE, 0.0)
    connections.note(zmq.EVENT_DISCONNECTED, 0, HERE, 0.0)

    assert connections.trouble is None
    assert (counts.strangers, counts.disconnections) == (1, 1)
    assert words in caplog.text


@pytest.mark.parametrize("binds", [True, False])
def test_other_events_mean_nothing(counts, binds):
    """More may be told than was asked for."""
    connections = _connections(counts, binds=binds)

    connections.note(zmq.EVENT_CONNECTED, 0, HERE, 0.0)

    assert connections.trouble is None
    assert counts.connections == counts.strangers == 0


def test_each_face_is_tried_once_and_then_in_turn(counts):
    """The trouble is forgotten for one that was not shown yet, and stays for those that were; success forgets all."""
    first, second = Face(key_id="1" * 16), Face(key_id="2" * 16)
    connections = _connections(counts, binds=False, face=first)
    connections.note(DENIED, 400, HERE, 0.0)

    assert connections.untried(HERE, (first, second)) == second
    connections.shows(HERE, second)
    assert connections.trouble is None

    connections.note(DENIED, 400, HERE, 1.0)
    assert connections.untried(HERE, (first, second)) is None
    assert [connections.again(HERE, (first, second)) for _ in range(3)] == [first, second, first]
    assert connections.again(HERE, (second,)) == second
    assert connections.trouble is not None

    connections.note(MADE, 0, HERE, 2.0)
    assert connections.untried(HERE, (first, second)) == first


def test_an_address_counts_as_the_name_that_was_given(counts):
    """By its port; and again when another name with that port came in its place."""
    connections = Connections(binds=False, name="PUSH", counts=counts, complaints=Complaints())
    connections.shows("tcp://server:1", FACE)

    connections.note(DENIED, 400, "tcp://10.0.0.1:1", 0.0)
    connections.note(DENIED, 400, "tcp://10.0.0.1:1", 0.0)

    assert connections.blamed == "tcp://server:1"
    assert "tcp://server:1 does not let key 00112233aabbccdd in" in str(connections.trouble)

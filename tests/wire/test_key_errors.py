"""A missing or wrong key is an error within ten seconds: who misses which key id, at which end, in every mode."""

import logging
import time

import pytest
import zmq

from gnomon.wire.errors import KeyMissing, KeyWrong
from gnomon.wire.keys import CurvePair, CurvePublic, Key, KeyRing

NOW = int(time.time())
KEY, WRONG = Key.of(bytes(range(32))), Key.of(bytes(range(1, 33)))
RETIRED = Key(id=KEY.id, secret=KEY.secret, accepted_until=NOW - 10)
COMING = Key(id=KEY.id, secret=KEY.secret, seals_from=NOW + 10_000)
SERVER, CLIENT, OTHER = (CurvePair.of(bytes([number] * 32)) for number in (1, 2, 3))
KEY_ID, WRONG_ID, SERVER_ID, CLIENT_ID, OTHER_ID = (key.id.hex() for key in (KEY, WRONG, SERVER, CLIENT, OTHER))


def _retired(pair):
    return CurvePublic(id=pair.id, public=pair.public.public, accepted_until=NOW - 10)


NO_KEY = "mode 'curve' needs a key to {}: a CURVE pair and {} public key{}, or a shared key"
NONE_IN_FORCE = "no shared key is in force, there {}; make one with: gnomon keys new"
TO_BIND, TO_CONNECT = NO_KEY.format("bind", "its clients'", "s"), NO_KEY.format("connect", "the server's", "")
LEFT_OUT = "a server's public key is missing, or retired, on the ring of CURVE pair {}"
NOT_LISTED = "PUSH: {{}} does not let key {} in: it is missing in its list, or has another secret there"
DOES_NOT_HAVE = (
    r"PUSH: {{}} broke \d+ handshakes with key {} off \([A-Za-z ]+\): it does not have {}, or is in another mode"
)
OTHER_MODE = "PUSH: {{}} has no key, or is in another mode than this end with key {}"


@pytest.mark.parametrize(
    ("mode", "keys", "told"),
    [
        ("curve", (), TO_BIND),
        ("curve", (RETIRED,), NONE_IN_FORCE.format(f"are: {KEY_ID} (retired)")),
        ("curve", (COMING,), NONE_IN_FORCE.format(f"are: {KEY_ID} (not yet)")),
        ("sealed", (), NONE_IN_FORCE.format("is none")),
        ("sealed", (RETIRED,), NONE_IN_FORCE.format(f"are: {KEY_ID} (retired)")),
        ("sealed", (COMING,), NONE_IN_FORCE.format(f"are: {KEY_ID} (not yet)")),
        ("sealed", (SERVER, CLIENT.public), NONE_IN_FORCE.format("is none")),
        ("curve", (CLIENT.public,), TO_BIND),
        ("curve", (SERVER,), f"CURVE pair {SERVER_ID} has no list of clients: add their public keys to bind"),
        (
            "curve",
            (SERVER, _retired(CLIENT)),
            f"CURVE pair {SERVER_ID} has no list of clients: add their public keys to bind",
        ),
    ],
)
def test_who_can_not_bind_is_told_at_once(open_context, mode, keys, told):
    """Nothing is opened before there is a key to keep others out with."""
    with pytest.raises(KeyMissing) as caught:
        open_context(mode, keys=KeyRing.of(keys)).socket(zmq.PULL).bind("tcp://127.0.0.1:*")

    assert str(caught.value) == told


@pytest.mark.parametrize(
    ("mode", "keys", "server", "told"),
    [
        ("curve", (), None, TO_CONNECT),
        ("curve", (RETIRED,), None, NONE_IN_FORCE.format(f"are: {KEY_ID} (retired)")),
        ("curve", (COMING,), None, NONE_IN_FORCE.format(f"are: {KEY_ID} (not yet)")),
        ("sealed", (), None, NONE_IN_FORCE.format("is none")),
        ("sealed", (RETIRED,), None, NONE_IN_FORCE.format(f"are: {KEY_ID} (retired)")),
        ("sealed", (COMING,), None, NONE_IN_FORCE.format(f"are: {KEY_ID} (not yet)")),
        ("curve", (SERVER.public,), None, TO_CONNECT),
        ("curve", (CLIENT,), None, LEFT_OUT.format(CLIENT_ID)),
        ("curve", (CLIENT, _retired(SERVER)), None, LEFT_OUT.format(CLIENT_ID)),
        (
            "curve",
            (CLIENT, SERVER.public),
            OTHER_ID,
            f"public key {OTHER_ID} of the server" + LEFT_OUT.format(CLIENT_ID)[21:],
        ),
    ],
)
def test_who_can_not_connect_is_told_at_once(open_context, mode, keys, server, told):
    """By itself, without asking anybody."""
    with pytest.raises(KeyMissing) as caught:
        open_context(mode, keys=KeyRing.of(keys)).socket(zmq.PUSH).connect("tcp://127.0.0.1:1", server=server)

    assert str(caught.value) == told


@pytest.mark.parametrize(
    ("binds", "connects", "told"),
    [
        # the client's key is another one, or over, or to come, for the server
        (("curve", KEY), ("curve", WRONG), DOES_NOT_HAVE.format(WRONG_ID, "this key")),
        (("sealed", KEY), ("sealed", WRONG), NOT_LISTED.format(WRONG_ID)),
        (("curve", RETIRED, WRONG), ("curve", KEY), DOES_NOT_HAVE.format(KEY_ID, "this key")),
        (("sealed", RETIRED, WRONG), ("sealed", KEY), NOT_LISTED.format(KEY_ID)),
        (("curve", COMING, WRONG), ("curve", KEY), DOES_NOT_HAVE.format(KEY_ID, "this key")),
        # another mode at the other end; which of two messages depends on who hears of it first
        (("curve", KEY), ("sealed", KEY), f"{OTHER_MODE.format(KEY_ID)}|{DOES_NOT_HAVE.format(KEY_ID, 'this key')}"),
        (("sealed", KEY), ("curve", KEY), f"{OTHER_MODE.format(KEY_ID)}|{DOES_NOT_HAVE.format(KEY_ID, 'this key')}"),
        (
            ("sealed", KEY),
            ("curve", CLIENT, SERVER.public),
            f"{OTHER_MODE.format(CLIENT_ID)}|{DOES_NOT_HAVE.format(CLIENT_ID, f'the pair of public key {SERVER_ID}')}",
        ),
        (
            ("curve", SERVER, CLIENT.public),
            ("sealed", KEY),
            f"{OTHER_MODE.format(KEY_ID)}|{DOES_NOT_HAVE.format(KEY_ID, 'this key')}",
        ),
        # pairs: not on the list, no longer on it, another server, one end with pairs and the other with a shared key
        (("curve", SERVER, CLIENT.public), ("curve", OTHER, SERVER.public), NOT_LISTED.format(OTHER_ID)),
        (
            ("curve", SERVER, _retired(CLIENT), OTHER.public),
            ("curve", CLIENT, SERVER.public),
            NOT_LISTED.format(CLIENT_ID),
        ),
        (
            ("curve", SERVER, CLIENT.public),
            ("curve", CLIENT, OTHER.public),
            DOES_NOT_HAVE.format(CLIENT_ID, f"the pair of public key {OTHER_ID}"),
        ),
        (("curve", SERVER, CLIENT.public), ("curve", KEY), DOES_NOT_HAVE.format(KEY_ID, "this key")),
        (
            ("curve", KEY),
            ("curve", CLIENT, SERVER.public),
            DOES_NOT_HAVE.format(CLIENT_ID, f"the pair of public key {SERVER_ID}"),
        ),
    ],
)
@pytest.mark.parametrize("turned", [False, True], ids=["sender connects", "receiver connects"])
def test_who_is_turned_away_is_told_within_ten_seconds(open_context, caplog, binds, connects, told, turned):
    """With the endpoint and the id of its key; the server logs whom it turned away, and has received nothing."""
    caplog.set_level(logging.WARNING)
    bound, connected = (zmq.PUSH, zmq.PULL) if turned else (zmq.PULL, zmq.PUSH)
    server = open_context(binds[0], keys=KeyRing.of(binds[1:])).socket(bound)
    client = open_context(connects[0], keys=KeyRing.of(connects[1:])).socket(connected)
    endpoint = server.bind("tcp://127.0.0.1:*")
    client.connect(endpoint)
    began = time.monotonic()

    with pytest.raises(KeyWrong, match=_whole(told, endpoint, turned=turned)):
        client.recv_obj(timeout_s=10) if turned else client.send_obj(1, timeout_s=10)

    assert time.monotonic() - began < 10
    deadline = time.monotonic() + 5
    while not server.stats.strangers and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.stats.strangers
    assert (server.stats.connections, server.stats.received, server.stats.sent) == (0, 0, 0)
    assert f"at {endpoint} turned a connection away" in caplog.text


def _whole(told, endpoint, *, turned):
    name = "PULL" if turned else "PUSH"
    return "|".join(f"^{each.format(endpoint)}$" for each in told.replace("PUSH", name).split("|"))


@pytest.mark.parametrize("mode", ["curve", "sealed"])
def test_a_server_without_any_key_is_told_of_as_such(open_context, thief, mode):
    """Plain pyzmq in the server's place: nothing is sent to it."""
    _, endpoint = thief.server(zmq.PULL)
    client = open_context(mode, keys=KeyRing(keys=(KEY,))).socket(zmq.PUSH)
    client.connect(endpoint)

    with pytest.raises(
        KeyWrong,
        match=_whole(f"{OTHER_MODE.format(KEY_ID)}|{DOES_NOT_HAVE.format(KEY_ID, 'this key')}", endpoint, turned=False),
    ):
        client.send_obj(1, timeout_s=10)


def test_a_local_client_at_a_server_with_keys_is_told_so(open_context, tmp_path):
    """The other way round there are keys at one end alone, too: over ipc, where both can be."""
    endpoint = f"ipc://{tmp_path}/wire/x"
    open_context("curve", keys=KeyRing(keys=(KEY,))).socket(zmq.PULL)
    client = open_context("local").socket(zmq.PUSH)
    server = open_context("curve", keys=KeyRing(keys=(KEY,))).socket(zmq.PULL)
    (tmp_path / "wire").mkdir(mode=0o700, exist_ok=True)
    server.bind(endpoint)
    client.connect(endpoint)

    with pytest.raises(KeyWrong, match="no key"):
        client.send_obj(1, timeout_s=10)

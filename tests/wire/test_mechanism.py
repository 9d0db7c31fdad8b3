"""What modes set on sockets, and whom they let in."""

import pytest
import zmq

from gnomon.wire.errors import KeyMissing, WireError
from gnomon.wire.keys import CurvePair, CurvePublic, Key, KeyRing
from gnomon.wire.mechanism import Curve, Greeting, Local, derived_pair

NOW = 1_000.0
SERVER, CLIENT, OTHER = CurvePair.new(), CurvePair.new(), CurvePair.new()
KEY, NEXT = Key.new(), Key.new(seals_from=2_000)


def _at(now):
    return lambda: now


def test_a_curve_server_asks_about_every_client():
    """The domain is set and enforced: without the latter, everybody comes in when nobody answers."""
    options = dict(Curve(KeyRing(pair=SERVER, peers=(CLIENT.public,)), _at(NOW)).server().options)

    assert options[zmq.CURVE_SERVER] == 1
    assert options[zmq.CURVE_SECRETKEY] == SERVER.secret.reveal()
    assert options[zmq.ZAP_DOMAIN]
    assert options[zmq.ZAP_ENFORCE_DOMAIN] == 1


@pytest.mark.parametrize(
    "ring",
    [
        KeyRing(),
        KeyRing(peers=(CLIENT.public,)),
        KeyRing(pair=SERVER),
        KeyRing(pair=SERVER, peers=(CurvePublic(id=CLIENT.id, public=CLIENT.public.public, accepted_until=999),)),
    ],
)
def test_curve_without_a_list_does_not_serve(ring):
    """No pair, no clients, or none that is still in force."""
    with pytest.raises(KeyMissing):
        Curve(ring, _at(NOW)).server()


def test_curve_lets_in_who_is_on_the_list():
    """And neither another key, nor another mechanism, nor a client whose time is over."""
    until = CurvePublic(id=CLIENT.id, public=CLIENT.public.public, accepted_until=1_001)
    ring = KeyRing(pair=SERVER, peers=(until,))

    assert Curve(ring, _at(NOW)).judge(b"CURVE", [CLIENT.public.public]) == CLIENT.id.hex()
    assert Curve(ring, _at(NOW)).judge(b"CURVE", [OTHER.public.public]) is None
    assert Curve(ring, _at(NOW)).judge(b"PLAIN", [CLIENT.public.public]) is None
    assert Curve(ring, _at(NOW)).judge(b"CURVE", [CLIENT.public.public, b""]) is None
    assert Curve(ring, _at(1_001.0)).judge(b"CURVE", [CLIENT.public.public]) is None


def test_a_client_insists_on_its_server():
    """On the one that is named, or on those of the ring in turn."""
    ring = KeyRing(pair=CLIENT, peers=(OTHER.public, SERVER.public))

    faces = Curve(ring, _at(NOW)).clients(None)
    [named] = Curve(ring, _at(NOW)).clients(SERVER.id.hex())

    assert [dict(face.options)[zmq.CURVE_SERVERKEY] for face in faces] == [OTHER.public.public, SERVER.public.public]
    assert (named.key_id, named.expects) == (CLIENT.id.hex(), SERVER.id.hex())


@pytest.mark.parametrize(
    ("ring", "server"),
    [(KeyRing(), None), (KeyRing(pair=CLIENT), None), (KeyRing(pair=CLIENT, peers=(OTHER.public,)), SERVER.id.hex())],
    ids=["no keys", "no server", "another server"],
)
def test_a_client_without_the_server_s_key_does_not_connect(ring, server):
    """It would not know whom it reached."""
    with pytest.raises(KeyMissing):
        Curve(ring, _at(NOW)).clients(server)


def test_a_shared_key_is_enough_for_curve():
    """Both ends derive the same pairs from it: the client's is on the server's list, and the other way round."""
    curve = Curve(KeyRing(keys=(KEY,)), _at(NOW))

    serving = curve.server()
    [joining] = curve.clients(None)

    assert serving.key_id == joining.key_id == KEY.id.hex()
    assert dict(joining.options)[zmq.CURVE_SERVERKEY] == derived_pair(KEY, "server").public.public
    assert curve.judge(b"CURVE", [dict(joining.options)[zmq.CURVE_PUBLICKEY]]) == KEY.id.hex()
    assert curve.judge(b"CURVE", [derived_pair(KEY, "server").public.public]) is None


def test_while_a_shared_key_is_replaced_both_work():
    """The client tries the one in force first; the server takes both, until the old one's time is over."""
    old = Key(id=KEY.id, secret=KEY.secret, accepted_until=3_000)
    ring = KeyRing(keys=(old, NEXT))

    assert [face.key_id for face in Curve(ring, _at(NOW)).clients(None)] == [KEY.id.hex(), NEXT.id.hex()]
    assert [face.key_id for face in Curve(ring, _at(2_000.0)).clients(None)] == [NEXT.id.hex(), KEY.id.hex()]
    assert [face.key_id for face in Curve(ring, _at(3_000.0)).clients(None)] == [NEXT.id.hex()]
    shown = [derived_pair(old, "client").public.public]
    assert Curve(ring, _at(2_999.0)).judge(b"CURVE", shown) == KEY.id.hex()
    assert Curve(ring, _at(3_000.0)).judge(b"CURVE", shown) is None


def test_a_greeting_proves_a_key_and_does_not_show_it():
    """The right proof under the right id, and nothing else."""
    greeting = Greeting(KeyRing(keys=(KEY,)), clock=_at(NOW))
    [face] = greeting.clients(None)
    name, proof = (value for _, value in face.options)

    assert greeting.judge(b"PLAIN", [name, proof]) == KEY.id.hex()
    assert greeting.judge(b"PLAIN", [name, proof[:-1]]) is None
    assert greeting.judge(b"PLAIN", [NEXT.id.hex().encode(), proof]) is None
    assert greeting.judge(b"CURVE", [name, proof]) is None
    assert greeting.judge(b"PLAIN", [name]) is None
    assert KEY.secret.reveal().hex().encode() not in proof
    assert dict(greeting.server().options)[zmq.ZAP_ENFORCE_DOMAIN] == 1


def test_a_greeting_of_an_old_key_is_refused_once_its_time_is_over():
    """As seals with it are."""
    old = Key(id=KEY.id, secret=KEY.secret, accepted_until=3_000)
    name, proof = (value for _, value in Greeting(KeyRing(keys=(old,)), clock=_at(NOW)).clients(None)[0].options)

    assert Greeting(KeyRing(keys=(old, NEXT)), clock=_at(2_999.0)).judge(b"PLAIN", [name, proof]) == KEY.id.hex()
    assert Greeting(KeyRing(keys=(old, NEXT)), clock=_at(3_000.0)).judge(b"PLAIN", [name, proof]) is None


def test_a_broker_needs_no_greeting():
    """Both ends leave it out; the seals are what counts."""
    greeting = Greeting(KeyRing(keys=(KEY,)), greets=False, clock=_at(NOW))

    assert greeting.server().options == greeting.clients(None)[0].options == ()


@pytest.mark.parametrize("mechanism", [Greeting(KeyRing(keys=(KEY,))), Local()])
def test_a_server_s_public_key_is_for_curve(mechanism):
    """Asking for it elsewhere is an error: nobody would check it."""
    with pytest.raises(WireError, match="no public key"):
        mechanism.clients(SERVER.id.hex())


def test_local_sockets_set_nothing_and_let_nobody_in_who_is_asked_about():
    """No socket of this mode asks; if one did, the answer is no."""
    assert Local().server().options == Local().clients(None)[0].options == ()
    assert Local().judge(b"NULL", []) is None

"""What keys mean: the same as for gnomon.wire in mode curve."""

import time

import pytest
import zmq

from gnomon.guard.errors import ShieldError
from gnomon.guard.sockets.curve import AGAIN_S, Curve, public_by
from gnomon.guard.sockets.curve_keys import read
from gnomon.wire.key_files import save_key
from gnomon.wire.keys import CurvePair, CurvePublic, Key
from gnomon.wire.mechanism import derived_pair

NOW = 1_000_000


class Clock:
    """Stands still until it is moved."""

    def __init__(self):
        self.now = float(NOW)

    def __call__(self):
        """Seconds."""
        return self.now


@pytest.fixture
def curve(tmp_path):
    """Makes a `Curve` of keys, which are in a folder of their own."""

    def made(*keys, clock=None, told=None, ticks=time.monotonic):
        folder = tmp_path / "keys"
        for key in keys:
            save_key(key, folder)
        tell = (lambda *_, **__: None) if told is None else (lambda event, **facts: told.append((event, facts)))
        return Curve(read(folder), public_by(zmq.curve_public), tell, clock or Clock(), ticks)

    return made


def key(start=0, end=0):
    """A shared key with its times."""
    made = Key.new()
    return Key(id=made.id, secret=made.secret, seals_from=start, accepted_until=end)


def public(pair, end=0):
    """The public half, for a time."""
    return CurvePublic(id=pair.id, public=pair.public.public, accepted_until=end)


def test_shared_keys_become_the_pairs_of_wire(curve):
    """Both ends derive the same two."""
    shared = key()
    made = curve(shared)
    server, client = derived_pair(shared, "server"), derived_pair(shared, "client")

    assert made.server() == server.secret.reveal()
    assert tuple(made.client()) == (client.public.public, client.secret.reveal(), server.public.public)
    assert made.judge(client.public.public) == shared.id.hex()
    assert made.judge(server.public.public) is None


@pytest.mark.parametrize("seed", range(8))
def test_the_public_half_is_libzmqs(seed):
    """By way of another alphabet than Python's."""
    pair = CurvePair.of(bytes([seed * 31 + place & 255 for place in range(32)]))

    assert public_by(zmq.curve_public)(pair.secret.reveal()) == pair.public.public


def test_keys_overlap_while_one_takes_over(curve):
    """The one that took over last is shown; who shows another one that is not retired is let in."""
    old, new, retired = key(end=NOW + 20), key(start=NOW + 10), key(end=NOW - 1)
    clock = Clock()
    made = curve(old, new, retired, clock=clock)
    clients = [derived_pair(each, "client").public.public for each in (old, new, retired)]

    assert made.server() == derived_pair(old, "server").secret.reveal()
    assert [made.judge(each) for each in clients] == [old.id.hex(), new.id.hex(), None]
    clock.now += 10
    assert made.server() == derived_pair(new, "server").secret.reveal()
    assert made.client().server == derived_pair(new, "server").public.public
    clock.now += 10
    assert [made.judge(each) for each in clients] == [None, new.id.hex(), None]


def test_pairs_know_their_peers(curve):
    """For as long as they are not retired; a client needs one server."""
    own, peer, late = CurvePair.new(), CurvePair.new(), CurvePair.new()
    clock = Clock()
    made = curve(own, public(peer), public(late, NOW + 5), clock=clock)

    assert made.server() == own.secret.reveal()
    assert [made.judge(each.public.public) for each in (peer, late, own)] == [peer.id.hex(), late.id.hex(), None]
    with pytest.raises(ShieldError, match="has to have one public key, the server's") as caught:
        made.client()
    assert peer.id.hex() in caught.value.problem
    clock.now += 5
    assert made.judge(late.public.public) is None
    assert tuple(made.client()) == (own.public.public, own.secret.reveal(), peer.public.public)


def test_what_is_missing_is_told(curve, tmp_path):
    """With what to type."""
    with pytest.raises(ShieldError, match="has no list of clients"):
        curve(own := CurvePair.new()).server()
    (tmp_path / "keys" / f"{own.id.hex()}.key").unlink()
    made = curve(key(start=NOW + 1))
    for ask in (made.server, made.client):
        with pytest.raises(ShieldError, match=r"no shared key of .* is in force") as caught:
            ask()
        assert "gnomon keys new --folder" in caught.value.remedy


def test_a_pair_with_another_ones_id_is_no_pair(tmp_path, curve):
    """One of the two was changed."""
    first, second = CurvePair.new(), CurvePair.new()
    path = save_key(first, tmp_path / "keys")
    path.write_text(path.read_text(encoding="ascii").replace(first.id.hex(), second.id.hex()), encoding="ascii")

    with pytest.raises(ShieldError, match="does not belong to its secret"):
        curve()


def test_the_list_is_read_again_at_most_once_a_second(curve, tmp_path):
    """When somebody shows a key that is not on it."""
    first, second = key(), key()
    ticks = Clock()
    made = curve(first, ticks=ticks)
    save_key(second, tmp_path / "keys")
    shown = derived_pair(second, "client").public.public

    assert made.judge(shown) is None
    ticks.now += AGAIN_S
    assert made.judge(shown) == second.id.hex()


def test_keys_that_can_not_be_read_again_stay_as_they_were(curve, tmp_path):
    """And it is told."""
    shared, told, ticks = key(), [], Clock()
    made = curve(shared, ticks=ticks, told=told)
    (path,) = (tmp_path / "keys").iterdir()
    path.unlink()
    ticks.now += AGAIN_S

    assert made.judge(bytes(32)) is None
    assert [event for event, _ in told] == ["shield-keys-unreadable"]
    assert made.judge(derived_pair(shared, "client").public.public) == shared.id.hex()

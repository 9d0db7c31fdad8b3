"""Messages as plain bytes: what one end dumps, the other loads once; everything else is refused before it is parsed."""

import dataclasses

import numpy as np
import pytest

from gnomon.wire.codec import Codec
from gnomon.wire.errors import EncodeError, Refused
from gnomon.wire.keys import SUITES, Key, KeyRing
from gnomon.wire.limits import Limits
from gnomon.wire.messages import Messages
from tests.wire.messages import MESSAGES, TYPES, equal, of_type

KEY = Key.new()
RING = KeyRing(keys=(KEY,))
LIMITS = Limits(inline_bytes=30, depth=20)
CODEC = Codec(*TYPES, limits=LIMITS)


@dataclasses.dataclass
class Reply:
    """A message."""

    text: str


def ends(**options):
    """(who dumps, who loads): two Messages that are alike."""
    options.setdefault("keys", RING)
    return Messages(**options), Messages(**options)


def reason(messages, data):
    """Why `loads` refuses."""
    with pytest.raises(Refused) as refused:
        messages.loads(data)
    return refused.value.reason


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("message", MESSAGES, ids=[type(message).__name__ for message in MESSAGES])
def test_every_kind_of_message_comes_back(suite, message):
    """Under each suite, with buffers of every size."""
    sender, receiver = ends(codec=CODEC, keys=KeyRing(keys=(Key.new(suite),)))

    data = sender.dumps(message)
    back = receiver.loads(data)

    assert type(data) is bytes
    assert of_type(back, type(message))
    assert equal(message, back)


@pytest.mark.parametrize("form", [bytes, bytearray, memoryview, lambda data: memoryview(bytearray(data))])
def test_bytes_in_any_form_are_taken_where_they_lie(form):
    """Arrays are views of what was given, in order in memory, and nobody can write into them."""
    sender, receiver = ends()
    sent = {"f8": np.arange(20_000, dtype=np.float64), "c16": np.arange(9_999, dtype=np.complex128), "n": 1}

    data = form(sender.dumps(sent))
    back = receiver.loads(data)

    assert equal(sent, back)
    for array in (back["f8"], back["c16"]):
        assert np.shares_memory(array, np.frombuffer(data, np.uint8))
        assert array.flags.aligned
        assert not array.flags.writeable


def test_what_a_class_does_not_tell_is_named():
    """As for the codec itself."""
    sender, receiver = ends(codec=Codec(tuple[int, str], Reply))

    assert receiver.loads(sender.dumps((1, "a"), as_type=tuple[int, str])) == (1, "a")
    with pytest.raises(EncodeError, match=r"Reply\.text: is of type object"):
        sender.dumps(Reply(object()))


def test_a_message_is_taken_once():
    """By each end; the other one does not know."""
    sender, receiver = ends()
    other = Messages(keys=RING)
    data = sender.dumps("once")

    assert receiver.loads(data) == "once"
    assert reason(receiver, data) == "replayed"
    assert other.loads(data) == "once"


def test_what_an_end_sealed_itself_it_opens_too():
    """Once: threads of one process send to one another. Where that must not be, each direction has a channel."""
    messages = Messages(keys=RING)
    data = messages.dumps("to myself")

    assert messages.loads(data) == "to myself"
    assert reason(messages, data) == "replayed"

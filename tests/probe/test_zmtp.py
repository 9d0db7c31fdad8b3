"""What is understood of a peer's first bytes, and what it is sent: never more than the procedure allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.probe.zmtp import (
    FIRST_PART,
    GREETING,
    GREETING_BYTES,
    MOST_BYTES,
    MOST_COMMAND_BYTES,
    Conversation,
    Foreign,
    Silent,
    Speaker,
    understood,
)

SIGNATURE = b"\xff" + bytes(7) + b"\x01\x7f"


def greeting(mechanism=b"NULL", minor=1, signature=SIGNATURE):
    """The 64 bytes of a peer of ZMTP 3."""
    return signature + bytes([3, minor]) + mechanism.ljust(20, b"\0") + bytes(32)


def command(name, body=b""):
    """A short command."""
    data = bytes([len(name)]) + name + body
    return b"\x04" + bytes([len(data)]) + data


def ready(**properties):
    """A READY with properties; `_` stands for `-`."""
    body = b"".join(
        bytes([len(name)]) + name.replace("_", "-").encode() + len(value).to_bytes(4) + value
        for name, value in properties.items()
    )
    return command(b"READY", body)


def said(*parts, passive=False):
    """(what the peer is, what it was sent) for a peer that says these parts, one after the other."""
    conversation, sent = Conversation(passive=passive), b""
    for part in parts:
        sent += conversation.receive(part)
    return conversation, sent


def test_the_greeting_is_one_of_zmtp_3_0():
    """Signature, version 3.0, NULL, not as server, filler: 64 bytes, which libzmq takes."""
    assert greeting(minor=0) == GREETING
    assert len(GREETING) == GREETING_BYTES


def test_an_open_socket_is_sent_the_greeting_in_two_parts_and_nothing_more():
    """First 11 bytes, at NULL the other 53; at READY the conversation is over."""
    conversation = Conversation()

    assert conversation.receive(SIGNATURE) == GREETING[:FIRST_PART]
    assert conversation.receive(greeting()[10:]) == GREETING[FIRST_PART:]
    assert not conversation.over
    assert conversation.receive(ready(Socket_Type=b"ROUTER", Identity=b"me")) == b""
    assert conversation.over
    assert conversation.answer() == Speaker(
        version="3.1", mechanism="NULL", admission="open", socket_type="ROUTER", identity=b"me"
    )


@pytest.mark.parametrize("mechanism", ["PLAIN", "CURVE", "GSSAPI", "SOMETHING.ELSE_1"])
def test_a_mechanism_is_read_and_left_alone(mechanism):
    """A peer that demands one is not sent the rest of the greeting."""
    conversation, sent = said(SIGNATURE, greeting(mechanism.encode())[10:])

    assert sent == GREETING[:FIRST_PART]
    assert conversation.over
    assert conversation.answer() == Speaker(version="3.1", mechanism=mechanism)


def test_an_error_is_a_denial_with_its_reason():
    """As libzmq sends it when the application's ZAP handler says no."""
    conversation, _ = said(greeting(), command(b"ERROR", b"\x03400"))

    assert conversation.over
    assert conversation.answer() == Speaker(version="3.1", mechanism="NULL", admission="denied", reason="400")


def test_hanging_up_instead_of_an_answer_is_a_denial_too():
    """So does libzmq 4.0: it closes the connection."""
    conversation, _ = said(greeting())
    conversation.hang_up()

    assert conversation.answer() == Speaker(version="3.1", mechanism="NULL", admission="hung-up")


def test_no_answer_to_the_greeting_is_told():
    """A handler that is asked and never answers."""
    conversation, _ = said(greeting())

    assert not conversation.over
    assert conversation.answer() == Speaker(version="3.1", mechanism="NULL", admission="unanswered")


@pytest.mark.parametrize(
    ("number", "kind"), [(0, "PAIR"), (2, "SUB"), (5, "DEALER"), (6, "ROUTER"), (7, "PULL"), (8, "PUSH"), (10, "XSUB")]
)
def test_zmtp_2_names_its_type(number, kind):
    """Revision 1 and the type; it has no authentication."""
    conversation, sent = said(SIGNATURE, bytes([1, number]))

    assert sent == GREETING[:FIRST_PART]
    assert conversation.over
    assert conversation.answer() == Speaker(version="2.0", admission="open", socket_type=kind)


def test_zmtp_2_with_an_identity():
    """The signature tells how long it is; if it comes, it is read."""
    conversation, _ = said(b"\xff" + bytes(7) + b"\x04\x7f\x01\x07\x00\x03abc")

    assert conversation.answer() == Speaker(
        version="2.0", admission="open", socket_type="PULL", identity=b"abc", identity_bytes=3
    )


@pytest.mark.parametrize(
    ("frame", "identity"),
    [(b"\x01\x00", b""), (b"\x04\x00abc", b"abc"), (b"\xff" + bytes(7) + b"\xff\x00" + b"x" * 254, b"x" * 254)],
)
def test_zmtp_1_says_its_identity_and_is_sent_nothing(frame, identity):
    """It can't keep anybody out; eleven bytes more would make us its peer."""
    conversation, sent = said(frame)

    assert sent == b""
    assert conversation.answer() == Speaker(
        version="1.0", admission="open", identity=identity, identity_bytes=len(identity)
    )


@pytest.mark.parametrize("passive", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
        b"220 mail.example ESMTP\r\n",
        b"\x4a\x00\x00\x00\x0a8.0.36\x00" + b"x" * 64,  # MySQL: its length looks like the frame of ZMTP 1.0
        b"\x00\x00\x00\x00",
        b"\xff" * 64,
        b"\x15\x03\x03\x00\x02\x02\x46",  # a TLS alert
        b"RFB 003.008\n",
    ],
)
def test_other_protocols_are_sent_nothing(text, passive):
    """Whatever they say first."""
    conversation, sent = said(text, passive=passive)

    assert sent == b""
    assert conversation.over
    assert conversation.answer() == Foreign(text[:64])


def test_silence_is_no_zeromq():
    """Nothing was said, nothing was sent."""
    conversation, sent = said()

    assert (conversation.answer(), sent) == (Silent(), b"")


@pytest.mark.parametrize("parts", [(SIGNATURE,), (greeting(),), (greeting(), ready(Socket_Type=b"PULL"))])
def test_passive_sends_nothing(parts):
    """And is over once the signature is there."""
    conversation, sent = said(*parts, passive=True)

    assert sent == b""
    assert conversation.over
    assert isinstance(conversation.answer(), Speaker)


def test_a_signature_that_no_implementation_writes_is_sent_nothing():
    """The standard does not say what is in the padding, so it may be another protocol's by chance."""
    conversation, sent = said(b"\xff" + b"padding." + b"\x7f")

    assert sent == b""
    assert conversation.answer() == Speaker()


@pytest.mark.parametrize(
    ("after", "odd"),
    [
        (b"\x00\x05hello", "a frame where a command was due"),
        (b"\x06" + (1 << 62).to_bytes(8), f"a command of {1 << 62} bytes"),
        (b"\x04\x00", "a command of 0 bytes"),
        (command(b"PING", b"\0\0"), "another command than READY or ERROR"),
    ],
)
def test_what_departs_from_the_protocol_is_told(after, odd):
    """And ends the conversation at once: nothing is waited for, and nothing of the length is allotted."""
    conversation, _ = said(greeting(), after)

    assert conversation.over
    assert conversation.answer() == Speaker(version="3.1", mechanism="NULL", admission="unanswered", odd=odd)


def test_properties_that_are_cut_off_still_are_a_ready():
    """It let us in."""
    conversation, _ = said(greeting(), command(b"READY", b"\x0bSocket-Type\xff\xff\xff\xffPULL"))

    assert conversation.answer() == Speaker(
        version="3.1", mechanism="NULL", admission="open", odd="properties that are cut off"
    )


def test_a_mechanism_without_a_name_is_not_answered():
    """Bytes that are no name."""
    conversation, sent = said(SIGNATURE, greeting(b"\x1b[31m")[10:])

    assert sent == GREETING[:FIRST_PART]
    assert conversation.answer() == Speaker(version="3.1", odd="a mechanism without a proper name")


PIECES = st.sampled_from(
    [
        b"", SIGNATURE, b"\xff", bytes(7), b"\x01\x7f", b"\x03\x01", b"\x01\x07", b"NULL" + bytes(16), bytes(32),
        greeting(), greeting(b"CURVE"), ready(Socket_Type=b"PULL"), command(b"ERROR", b"\x03400"),
        b"\x06" + b"\xff" * 8,
        b"\x01\x00",
    ]
)  # fmt: skip


@given(parts=st.lists(PIECES | st.binary(max_size=100), max_size=12), passive=st.booleans(), closed=st.booleans())
def test_whatever_it_says_the_procedure_holds(parts, passive, closed):
    """Nothing is raised; what is sent is a greeting's beginning, in steps, and each step has its reason."""
    conversation, received, sent = Conversation(passive=passive), b"", b""
    for part in parts:
        received += part[: MOST_BYTES - len(received)]
        sent += conversation.receive(part)

        assert sent in (b"", GREETING[:FIRST_PART], GREETING)
        assert conversation.room == (0 if conversation.over else MOST_BYTES - len(received))
        if sent:
            assert not passive
            assert received[:1] == b"\xff"
            assert received[9:10] == b"\x7f"
        if sent == GREETING:
            assert received[12:32] == b"NULL" + bytes(16)
    if closed:
        conversation.hang_up()
    answer = conversation.answer()
    if isinstance(answer, Speaker):
        assert len(answer.identity) <= 255
        assert answer.identity_bytes <= 255
        assert len(answer.socket_type) <= 32
        assert len(answer.reason) <= 64
        assert len(answer.mechanism) <= 20


@given(data=st.binary(max_size=300))
def test_the_same_bytes_in_any_pieces_mean_the_same(data):
    """Byte by byte or at once."""
    whole, pieces = Conversation(), Conversation()

    sent = whole.receive(data), b"".join(pieces.receive(bytes([byte])) for byte in data)

    assert sent[0] == sent[1]
    assert whole.answer() == pieces.answer() == understood(data)


def test_no_more_is_kept_than_a_greeting_and_a_command():
    """However much a peer sends."""
    conversation = Conversation()
    for _ in range(100):
        conversation.receive(SIGNATURE + b"\x03" * 10_000)

    assert conversation.heard == MOST_BYTES
    assert MOST_BYTES < MOST_COMMAND_BYTES + 100

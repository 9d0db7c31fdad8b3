"""Which recipes are asked about which findings, and what is said where none of them has a change."""

from gnomon.fix.offers import Wanted, offers
from gnomon.fix.sources import Sources
from gnomon.scan.ends import channels
from tests.fix.scanned import found, knowledge, tree

SERVER = """
import zmq


def main():
    socket = zmq.Context().socket(zmq.PULL)
    socket.bind("tcp://*:7001")
    while True:
        print(socket.recv_pyobj())
"""
CLIENT = """
import zmq


def tell(text: str):
    socket = zmq.Context().socket(zmq.PUSH)
    socket.connect("tcp://127.0.0.1:7001")
    socket.send_pyobj({"text": text})
"""
OPAQUE = CLIENT.replace("def tell(text: str):", "class Told:\n    pass\n\n\ndef tell():").replace(
    '{"text": text}', "Told()"
)
PEER = """
import pickle
import socket


class Peer:
    def __init__(self, host):
        self.link = socket.create_connection((host, 9000))

    def send(self, text: str):
        self.link.sendall(pickle.dumps(text))

    def receive(self) -> str:
        return pickle.loads(self.link.recv(65536))
"""


def asked(style="wire", **files):
    """The offers for files given by name."""
    target = tree({f"{name}.py": text for name, text in files.items()})
    findings = found(target)
    return offers(findings, channels(target, knowledge(), findings), Sources(target), Wanted(style=style))


def test_sockets_are_converted_where_both_ends_are_known():
    """The channel itself is what style wire changes first."""
    (offer,) = [each for each in asked(server=SERVER, client=CLIENT) if each.recipe == "sockets"]

    assert offer.standing == "automatic"
    assert [finding.site.path for finding in offer.findings] == ["server.py"]
    assert {section.path for section in offer.patch.sections} == {"wire_messages.py"}
    assert offer.tests


def test_other_channels_are_asked_about_their_payloads_alone():
    """A raw socket can't become one of gnomon.wire: nothing is said of ZeroMQ sockets."""
    made = asked(peer=PEER)

    assert made[0].recipe == "payloads"
    assert made[0].standing == "suggested"
    assert not any("ZeroMQ" in clause for offer in made for clause in offer.why)


def test_where_no_type_can_be_declared_styles_that_keep_pickle_are_named():
    """Who can't have typed messages can still authenticate, or hold the load to names: that is said in place."""
    impossible = [each for each in asked(server=SERVER, client=OPAQUE) if each.standing == "impossible"]

    assert impossible
    told = [sentence for offer in impossible for sentence in offer.afterwards]
    assert "--style hmac has a change that is automatic" in told
    assert "--style curve has a change that is automatic" in told
    assert all(sentence.startswith("--style ") for sentence in told)


def test_styles_that_keep_pickle_name_no_others():
    """They are what is named; and an impossible offer of theirs says why instead."""
    made = asked("hmac", server=SERVER)

    assert not any(sentence.startswith("--style ") for offer in made for sentence in offer.afterwards)


def test_who_sends_without_waiting_has_to_decide():
    """Plain ZeroMQ keeps such a message until somebody connects; gnomon.wire says that nobody is there."""
    client = CLIENT.replace('send_pyobj({"text": text})', 'send_pyobj({"text": text}, zmq.DONTWAIT)')

    (offer,) = [each for each in asked(server=SERVER, client=client) if each.recipe == "sockets"]

    assert offer.standing == "suggested"
    (why,) = offer.why
    assert why.startswith("`send_pyobj` at client.py:8 does not wait")


DISPATCHING = SERVER.replace(
    "print(socket.recv_pyobj())",
    """job = socket.recv_pyobj()
        if job["op"] == "add":
            print(job["left"] + 1, job["right"] + 1)
        elif job["op"] == "stop":
            break
        else:
            raise ValueError(job["op"])""",
)
ANYBODY = CLIENT.replace("text: str", "job").replace('{"text": text}', "job")


def test_what_is_sent_and_not_known_is_declared_as_it_is_used():
    """The types then come from the receiver, the reasons name its lines, and a person has to decide."""
    for style in ("wire", "msgspec", "json"):
        first, *_ = asked(style, server=DISPATCHING, client=ANYBODY)
        text = "\n".join(section.body for section in first.patch.sections)

        assert first.standing == "suggested"
        assert "op: str" in text
        assert "left: NotRequired[int | float]" in text
        [why] = [clause for clause in first.why if "its use alone" in clause]
        assert "client.py:8 sends" in why
        assert "server.py:10" in why
        assert "plain values" not in " ".join(first.why)
        assert first.tests


def test_without_a_known_sender_the_receiver_says_the_types():
    """A load whose other end is not in the target gets typed messages of what it takes, as a suggestion."""
    for style in ("wire", "msgspec"):
        first, *_ = asked(style, server=DISPATCHING)

        assert first.standing == "suggested"
        assert "op: str" in "\n".join(section.body for section in first.patch.sections)
        assert any("nothing that is sent is known" in clause and "server.py:10" in clause for clause in first.why)


def test_a_use_that_is_only_printed_declares_nothing():
    """Printing a message says nothing of it."""
    assert all(
        offer.standing == "impossible" for offer in asked("msgspec", server=SERVER) if offer.recipe == "payloads"
    )


def test_a_type_that_can_not_be_sent_speaks_against_an_offer_and_forbids_none():
    """What was read from use is a guess: the offer without it stays, and its reasons name the class and the place."""
    server = SERVER.replace(
        "def main", "class Told:\n    def __init__(self):\n        self.a = 1\n\n\ndef main"
    ).replace("print(socket.recv_pyobj())", "told = socket.recv_pyobj()\n        assert isinstance(told, Told)")
    first, *_ = asked("msgspec", server=server, client=ANYBODY)
    against = " ".join(clause for clause in first.why if "speaks against it" in clause)

    assert first.standing == "suggested"
    assert "`Told` (server.py:5)" in against
    assert "server.py:15" in against

"""What goes through a broker: both of its sides change together, and it forwards what they say now."""

import pickle
import secrets

import pytest
import zmq

from gnomon.fix.offers import Wanted, offers
from gnomon.fix.sources import Sources
from gnomon.scan.ends import channels
from tests.fix.programs import Process, changed, free_port, written
from tests.fix.scanned import found, knowledge, tree

POST = """
import pickle

import zmq


def post(event: str):
    socket = zmq.Context().socket(zmq.PUSH)
    socket.connect("tcp://127.0.0.1:{front}")
    socket.send_multipart([b"events", pickle.dumps({{"event": event}})])


if __name__ == "__main__":
    post("ready")
"""
WAIT = """
import pickle

import zmq


def main():
    socket = zmq.Context().socket(zmq.PULL)
    socket.connect("tcp://127.0.0.1:{back}")
    print("waits")
    while True:
        topic, message = socket.recv_multipart()
        try:
            print(pickle.loads(message)["event"])
        except Exception as error:
            print(type(error).__name__)


if __name__ == "__main__":
    main()
"""
BROKER = """
import zmq


def main():
    context = zmq.Context()
    front = context.socket(zmq.PULL)
    front.bind("tcp://127.0.0.1:{front}")
    back = context.socket(zmq.PUSH)
    back.bind("tcp://127.0.0.1:{back}")
    print("forwards")
    {forward}


if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize(
    "forward", ["zmq.proxy(front, back)", "while True:\n        back.send_multipart(front.recv_multipart())"]
)
def test_what_is_signed_in_front_of_a_broker_is_verified_behind_it(forward, tmp_path):
    """The broker's own file stays as it is, and a message that is not signed is refused where it arrives."""
    ports = {"front": free_port(), "back": free_port()}
    files = {"post.py": POST.format(**ports), "wait.py": WAIT.format(**ports)}
    files["broker.py"] = BROKER.format(**ports, forward=forward)
    target = tree(files)
    findings = found(target)
    (offer,) = [
        each
        for each in offers(findings, channels(target, knowledge(), findings), Sources(target), Wanted(style="hmac"))
        if each.recipe == "payloads"
    ]
    folder = written(changed(files, offer), tmp_path)
    key = {"SIGNED_PICKLE_KEY": secrets.token_hex(32)}

    assert {item.path for item in offer.patch.replacements} == {"post.py", "wait.py"}
    with Process(folder, "broker.py") as broker, Process(folder, "wait.py", **key) as wait:
        assert (broker.line(), wait.line()) == ("forwards", "waits")
        with Process(folder, "post.py", **key) as post:
            post.ended()
        assert wait.line() == "ready"
        with zmq.Context() as context, context.socket(zmq.PUSH) as stranger:
            stranger.connect(f"tcp://127.0.0.1:{ports['front']}")
            stranger.send_multipart([b"events", pickle.dumps({"event": "forged"})])
            assert wait.line() == "InvalidMessage"

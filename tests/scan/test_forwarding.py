"""What a broker forwards: the ends on both sides of it are ends of one channel."""

import pytest

POST = """
import pickle

import zmq


def post(event):
    socket = zmq.Context().socket(zmq.PUSH)
    socket.connect("tcp://127.0.0.1:7001")
    socket.send_multipart([b"events", pickle.dumps({"event": event})])
"""
WAIT = """
import pickle

import zmq


def wait():
    socket = zmq.Context().socket(zmq.SUB)
    socket.connect("tcp://127.0.0.1:7002")
    socket.subscribe(b"")
    return pickle.loads(socket.recv_multipart()[1])["event"]
"""
BROKER = """
import zmq


def main():
    context = zmq.Context()
    front = context.socket(zmq.PULL)
    front.bind("tcp://127.0.0.1:7001")
    back = context.socket(zmq.XPUB)
    back.bind("tcp://127.0.0.1:7002")
    while True:
        {forward}
"""


def broker(forward):
    """A broker that forwards by these lines."""
    return BROKER.format(forward=forward.strip().replace("\n", "\n        "))


UNCHANGED = {
    "the message as it came": "back.send_multipart(front.recv_multipart())",
    "through a name": "message = front.recv_multipart()\nif message:\n    back.send_multipart(message)",
    "frame for frame": "topic, event = front.recv_multipart()\nback.send_multipart([topic, event])",
    "with a frame before": "frames = front.recv_multipart()\nback.send_multipart([b'hop', *frames[1:]])",
    "one frame": "back.send(front.recv())",
    "a loop over frames": "for frame in front.recv_multipart():\n    back.send(frame, zmq.SNDMORE)",
}
CHANGED = {
    "a slice of the bytes": "message = front.recv()\nback.send(message[1:])",
    "a frame that is put in": "frames = front.recv_multipart()\nframes[1] = b''\nback.send_multipart(frames)",
    "a name with something else": "message = front.recv()\nmessage = message.strip()\nback.send(message)",
}


@pytest.mark.parametrize("forward", UNCHANGED.values(), ids=UNCHANGED)
def test_who_sends_to_a_broker_is_an_end_of_what_listens_to_it(found, forward):
    """What is dumped in front of a broker is what is loaded behind it, and all four sockets are known."""
    (channel,) = found(broker=broker(forward), post=POST, wait=WAIT)

    assert [dump.site.path for dump in channel.dumps] == ["post.py"]
    assert [load.site.path for load in channel.loads] == ["wait.py"]
    assert [end.types for end in channel.ends] == [("PULL",), ("XPUB",), ("PUSH",), ("SUB",)]
    assert (channel.paired, channel.missing) == ("certain", ())


@pytest.mark.parametrize("forward", CHANGED.values(), ids=CHANGED)
def test_a_broker_that_may_change_what_it_forwards_is_told(found, forward):
    """The ends belong together all the same; that the bytes arrive as they were sent is not seen."""
    (channel,) = found(broker=broker(forward), post=POST, wait=WAIT)

    (missing,) = channel.missing
    assert [dump.site.path for dump in channel.dumps] == ["post.py"]
    assert "is received from another socket, and is not seen to be sent as it was" in missing


@pytest.mark.parametrize("call", ["zmq.proxy(front, back)", "zmq.device(zmq.FORWARDER, front, back)"])
def test_a_proxy_of_the_library_forwards(found, call):
    """Its sockets belong together, and it changes nothing."""
    (channel,) = found(broker=broker(call), post=POST, wait=WAIT)

    assert [dump.site.path for dump in channel.dumps] == ["post.py"]
    assert (channel.paired, channel.missing) == ("certain", ())


def test_who_listens_in_on_a_proxy_gets_what_passes(found):
    """A proxy gives copies to its third socket: what loads them has to change with the others."""
    listening = "spy = context.socket(zmq.PUSH)\nspy.bind('tcp://127.0.0.1:7003')\nzmq.proxy(front, back, spy)"
    spy = WAIT.replace("zmq.SUB", "zmq.PULL").replace("7002", "7003").replace('    socket.subscribe(b"")\n', "")
    (channel,) = found(broker=broker(listening), post=POST, wait=WAIT, spy=spy)

    assert [load.site.path for load in channel.loads] == ["spy.py", "wait.py"]
    assert len(channel.ends) == 6


def test_a_broker_that_nobody_sends_to_says_which_end_is_missing(found):
    """Who sends is somewhere else: the offer can't be of both ends, and names the socket that waits for them."""
    (channel,) = found(broker=broker(UNCHANGED["the message as it came"]), wait=WAIT)

    assert channel.dumps == ()
    assert channel.missing == (
        "nothing in the target is the other end of the PULL at broker.py:7, which binds tcp://127.0.0.1:7001",
    )


def test_a_message_of_its_own_is_not_forwarded_with_the_address_it_goes_to(found):
    """A router sends its own answer to whom it has heard from elsewhere: that joins no channels."""
    server = """
import pickle

import zmq


def main():
    context = zmq.Context()
    names = context.socket(zmq.PULL)
    names.bind("tcp://127.0.0.1:7003")
    back = context.socket(zmq.ROUTER)
    back.bind("tcp://127.0.0.1:7002")
    while True:
        who = names.recv()
        back.send_multipart([who, pickle.dumps({"event": "go"})])
"""
    client = WAIT.replace("zmq.SUB", "zmq.DEALER").replace('    socket.subscribe(b"")\n', "")
    (channel,) = found(server=server, client=client)

    assert [end.types for end in channel.ends] == [("DEALER",), ("ROUTER",)]

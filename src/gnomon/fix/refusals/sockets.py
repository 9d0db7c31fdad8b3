"""What a server of gnomon.wire refuses over a real connection."""

from gnomon.core.patch import Section
from gnomon.fix.refusals.subject import Subject, section

_IMPORTS = ("import pickle", "import pytest", "from gnomon.wire import Refused")
_SPEAKS_WITH = {"PULL": "PUSH", "ROUTER": "DEALER", "REP": "REQ", "PAIR": "PAIR"}
"""For a type that receives first, one that sends to it without being asked or subscribed to."""


def sockets(subject: Subject) -> tuple[Section, ...]:
    """A pickle is no message, also of somebody with the key; and nothing of somebody without it is delivered."""
    receives = next((each for each in _SPEAKS_WITH if each in subject.types), "PULL")
    words = {**subject.words, "receives": receives, "sends": _SPEAKS_WITH[receives]}
    codec = section(subject, f"2-{words['label']}", _IMPORTS, _CODEC % words)
    if not subject.good:
        return (codec,)
    waited = section(subject, "1-within", (), 'WITHIN_S = 20.0\n"""How long anything is waited for."""\n')
    imports = ("import pickle", "import time", "import zmq", "from gnomon.wire import Context, Key, KeyRing")
    return waited, codec, section(subject, f"3-{words['label']}", imports, _STRANGER % words)


_STRANGER = '''\
def test_%(label)s_lets_no_stranger_in(%(given)s) -> None:
    """A socket without the key sends a pickle: nothing of it is run or delivered, and the next good message arrives."""
    keys = KeyRing(keys=(Key.new(),))
    with Context(codec=%(codec)s, keys=keys) as context, zmq.Context() as raw:
        receiver = context.socket(zmq.%(receives)s)
        address = receiver.bind("tcp://127.0.0.1:*")
        with raw.socket(zmq.%(sends)s) as stranger:
            stranger.linger = 0
            stranger.connect(address)
            stranger.send(pickle.dumps(Marker()), zmq.NOBLOCK)
            deadline = time.monotonic() + WITHIN_S
            while not receiver.stats.strangers and time.monotonic() < deadline:
                assert not receiver.poll(50)
        assert receiver.stats.strangers
        sender = context.socket(zmq.%(sends)s)
        sender.connect(address)
        sender.send_obj(%(sent)s, timeout_s=WITHIN_S)
        receiver.recv_obj(timeout_s=WITHIN_S)
        assert receiver.stats.received == 1

    assert FIRED == []
'''
_CODEC = '''\
def test_%(label)s_reads_no_pickle(%(given)s) -> None:
    """Not from somebody with the key either: what is no message of a registered type is refused."""
    message = pickle.dumps(Marker())
    for frames in ([message], [b"", message], [message, message]):
        with pytest.raises(Refused):
            %(codec)s.decode(frames)

    assert FIRED == []
'''

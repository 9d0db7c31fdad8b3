"""What a server of gnomon.wire refuses over a real connection."""

from gnomon.core.patch import Section
from gnomon.fix.refusals.subject import Subject, section


def sockets(subject: Subject) -> tuple[Section, ...]:
    """A raw socket delivers nothing, a pickle in the right envelope neither, and a good message arrives after both."""
    imports = ("import pickle", "import time", "import zmq", "from gnomon.wire import Context, Key, KeyRing, Refused")
    words = subject.words
    return (
        section(subject, "2-", (), 'WITHIN_S = 20.0\n"""How long anything is waited for."""\n'),
        section(subject, f"3-{words['label']}", imports, _BODY % words),
    )


_BODY = '''\
def test_%(label)s_lets_no_stranger_in(%(module)s: ModuleType) -> None:
    """A socket without the key sends a pickle: nothing of it is run or delivered, and the next good message arrives."""
    keys = KeyRing(keys=(Key.new(),))
    with Context(codec=%(codec)s, keys=keys) as context, zmq.Context() as raw:
        receiver = context.socket(zmq.PULL)
        address = receiver.bind("tcp://127.0.0.1:*")
        with raw.socket(zmq.PUSH) as stranger:
            stranger.linger = 0
            stranger.connect(address)
            stranger.send(pickle.dumps(Marker()), zmq.NOBLOCK)
            deadline = time.monotonic() + WITHIN_S
            while not receiver.stats.strangers and time.monotonic() < deadline:
                assert not receiver.poll(50)
        assert receiver.stats.strangers
        sender = context.socket(zmq.PUSH)
        sender.connect(address)
        sender.send_obj(%(good)s, timeout_s=WITHIN_S)
        receiver.recv_obj(timeout_s=WITHIN_S)
        assert receiver.stats.received == 1

    assert FIRED == []


def test_%(label)s_reads_no_pickle(%(module)s: ModuleType) -> None:
    """Not from somebody with the key either: what is no message of a registered type is refused."""
    message = pickle.dumps(Marker())
    good = [bytes(frame) for frame in %(codec)s.encode(%(good)s)]
    for frames in ([message], [good[0], message], [good[0][:4] + message], [good[0] + message]):
        with pytest.raises(Refused):
            %(codec)s.decode(frames)

    assert FIRED == []
'''

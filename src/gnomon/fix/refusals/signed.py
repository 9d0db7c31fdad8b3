"""What a module that verifies a signature before it unpickles refuses."""

from gnomon.core.patch import Section
from gnomon.fix.refusals.subject import Subject, section


def signed(subject: Subject) -> Section:
    """Messages that were changed, cut or made with another key: nothing of them is unpickled."""
    words = subject.words
    return section(subject, f"3-{words['label']}", ("import pickle",), _BODY % words)


_BODY = '''\
def test_%(label)s_unpickles_what_was_signed(%(given)s) -> None:
    """With the right key it is unpickled: that it stays silent below proves something."""
    %(loads)s(%(dumps)s(Marker()))

    assert FIRED == ["called"]


def test_%(label)s_refuses_a_changed_message(%(given)s) -> None:
    """One bit, wherever it is, in the signature or in what is signed."""
    message = %(dumps)s(Marker())
    for place in range(len(message) * 8):
        changed = bytearray(message)
        changed[place // 8] ^= 1 << place %% 8
        with pytest.raises(%(module)s.InvalidMessage):
            %(loads)s(bytes(changed))

    assert FIRED == []


def test_%(label)s_refuses_a_cut_or_longer_message(%(given)s) -> None:
    """From none of its bytes to one too many."""
    message = %(dumps)s(Marker())
    for length in range(len(message)):
        with pytest.raises(%(module)s.InvalidMessage):
            %(loads)s(message[:length])
    with pytest.raises(%(module)s.InvalidMessage):
        %(loads)s(message + b"\\0")

    assert FIRED == []


def test_%(label)s_refuses_what_was_made_with_another_key(
    %(given)s, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key of the stranger's own, and a signature over nothing."""
    foreign = %(dumps)s(Marker())
    monkeypatch.setenv("%(variable)s", %(key)s)
    ours = load_%(module)s()
    signature_length = len(foreign) - len(pickle.dumps(Marker(), pickle.HIGHEST_PROTOCOL))
    for message in (foreign, bytes(max(signature_length, 0)) + pickle.dumps(Marker())):
        with pytest.raises(ours.InvalidMessage):
            ours.%(attribute)s(message)

    assert FIRED == []


def test_%(label)s_does_nothing_without_a_key(%(given)s, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither sends nor takes: a missing key is an error, never a way in."""
    message = %(dumps)s(Marker())
    monkeypatch.delenv("%(variable)s", raising=False)

    without = load_%(module)s()
    with pytest.raises(without.InvalidKey):
        without.%(attribute)s(message)

    assert FIRED == []
'''

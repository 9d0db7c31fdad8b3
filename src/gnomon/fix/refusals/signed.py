"""What a module that verifies a signature before it unpickles refuses."""

from gnomon.core.patch import Section
from gnomon.fix.refusals.subject import Subject, new_key, section


def signed(subject: Subject) -> Section:
    """Messages that were changed, cut or made with another key: nothing of them is unpickled."""
    words = {"name": subject.name, "variable": subject.key_variable, "key": new_key(subject)}
    return section(subject, "3-signatures", ("import pickle",), _BODY % words)


_BODY = '''\
def test_the_marker_shows_a_pickle_that_is_run(%(name)s: ModuleType) -> None:
    """With the right key it is unpickled: that it stays silent below proves something."""
    %(name)s.loads(%(name)s.dumps(Marker()))

    assert FIRED == ["called"]


def test_%(name)s_refuses_a_changed_message(%(name)s: ModuleType) -> None:
    """One bit, wherever it is, in the signature or in what is signed."""
    message = %(name)s.dumps(Marker())
    for place in range(len(message) * 8):
        changed = bytearray(message)
        changed[place // 8] ^= 1 << place %% 8
        with pytest.raises(%(name)s.Refused):
            %(name)s.loads(bytes(changed))

    assert FIRED == []


def test_%(name)s_refuses_a_cut_or_longer_message(%(name)s: ModuleType) -> None:
    """From none of its bytes to one too many."""
    message = %(name)s.dumps(Marker())
    for length in range(len(message)):
        with pytest.raises(%(name)s.Refused):
            %(name)s.loads(message[:length])
    with pytest.raises(%(name)s.Refused):
        %(name)s.loads(message + b"\\0")

    assert FIRED == []


def test_%(name)s_refuses_what_was_made_with_another_key(
    %(name)s: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key of the stranger's own, and a signature over nothing."""
    foreign = %(name)s.dumps(Marker())
    monkeypatch.setenv("%(variable)s", %(key)s)
    ours = load_%(name)s()
    signature_length = len(foreign) - len(pickle.dumps(Marker(), pickle.HIGHEST_PROTOCOL))
    for message in (foreign, bytes(max(signature_length, 0)) + pickle.dumps(Marker())):
        with pytest.raises(ours.Refused):
            ours.loads(message)

    assert FIRED == []


def test_%(name)s_does_nothing_without_a_key(%(name)s: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither sends nor takes: a missing key is an error, never a way in."""
    message = %(name)s.dumps(Marker())
    monkeypatch.delenv("%(variable)s", raising=False)

    with pytest.raises(Exception):  # noqa: B017, PT011 (at the import or at the call: both are right)
        load_%(name)s().loads(message)

    assert FIRED == []
'''

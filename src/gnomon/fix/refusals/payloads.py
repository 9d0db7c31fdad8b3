"""What every `loads` in place of a pickle's refuses: a pickle, and pickles within what it does read."""

from gnomon.core.patch import Section
from gnomon.fix.refusals.subject import Subject, section

_REFUSED = {
    "wire": ("from gnomon.wire import Refused", "Refused"),
    "msgspec": ("import msgspec", "(msgspec.MsgspecError, ValueError)"),
    "json": ("", "(ValueError, TypeError)"),
    "hmac": ("", "%(module)s.InvalidMessage"),
    "restrict": ("", "pickle.UnpicklingError"),
}
"""What a module of each style raises: the import that names it, and the expression."""


def payloads(subject: Subject) -> tuple[Section, ...]:
    """A pickle is refused, a good message is taken, and what else the format could carry a pickle in runs nothing."""
    needed, refused = _REFUSED[subject.style]
    words = {**subject.words, "refused": refused % subject.words}
    words["more"] = f"{words['given']}, " if words["given"] else ""
    imports = ("import pickle", *((needed,) if needed else ()))
    body = _PAYLOADS + (_GOOD if subject.good else "")
    found = [section(subject, f"2-{words['label']}", imports, body % words)]
    if subject.style == "msgspec":
        found.append(
            section(subject, f"3-{words['label']}", ("import contextlib", "import msgspec"), _EXTENSIONS % words)
        )
    if subject.style == "json":
        found.append(
            section(
                subject, f"3-{words['label']}", ("import base64", "import contextlib", "import json"), _TEXTS % words
            )
        )
    return tuple(found)


_PAYLOADS = '''\
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_%(label)s_refuses_a_pickle(%(more)sprotocol: int) -> None:
    """Whoever reaches the socket can send one: it is refused, and nothing of it is run."""
    with pytest.raises(%(refused)s):
        %(loads)s(pickle.dumps(Marker(), protocol))

    assert FIRED == []
'''
_GOOD = '''

def test_%(label)s_takes_the_next_good_message(%(given)s) -> None:
    """A refusal leaves nothing behind that would stop the next message."""
    message = %(dumps)s(%(typed)s)
    with pytest.raises(%(refused)s):
        %(loads)s(pickle.dumps(Marker()))

    %(loads)s(message)

    assert FIRED == []
'''
_EXTENSIONS = '''\
def test_%(label)s_runs_no_pickle_in_an_extension(%(given)s) -> None:
    """MessagePack has room for types of one's own: a hook that unpickled one of them would be the old flaw again."""
    for code in range(-128, 128):
        extension = msgspec.msgpack.Ext(code, pickle.dumps(Marker()))
        for message in (extension, [extension], {"id": extension}):
            with contextlib.suppress(msgspec.MsgspecError, ValueError):
                %(loads)s(msgspec.msgpack.encode(message))

    assert FIRED == []
'''
_TEXTS = '''\
def test_%(label)s_runs_no_pickle_in_a_text(%(given)s) -> None:
    """A text can carry a pickle: a hook that unpickled it would be the old flaw again."""
    text = base64.b64encode(pickle.dumps(Marker())).decode()
    for message in (text, [text], {"id": text}, {"__pickle__": text}, {"__type__": "pickle", "data": text}):
        with contextlib.suppress(ValueError, TypeError):
            %(loads)s(json.dumps(message).encode())

    assert FIRED == []
'''

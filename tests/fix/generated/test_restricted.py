"""`restricted_pickle.py`: listed names are found, and no others."""

import collections
import copyreg
import pickle

import pytest

from gnomon.fix.generated.restricted import sections
from tests.fix.generated.modules import complaints, imported

ALLOWED = {("collections", "Counter"), ("collections", "OrderedDict")}
FIRED = []


def fire():
    """Notes that it was called."""
    FIRED.append("called")


class Marker:
    """Harmless: whoever unpickles it calls `fire`."""

    def __reduce__(self):
        return fire, ()


@pytest.fixture
def restricted(tmp_path):
    """The module with one channel."""
    FIRED.clear()
    return imported(sections("restricted_pickle.py", "", ALLOWED), tmp_path)


def naming(module, name):
    """Pickles of what goes by a name, in both ways that pickle has for it."""
    words = [part.encode() for part in (module, name)]
    texts = b"".join(pickle.SHORT_BINUNICODE + bytes([len(word)]) + word for word in words)
    yield pickle.PROTO + b"\x04" + texts + pickle.STACK_GLOBAL + pickle.STOP
    if "." not in name:
        yield pickle.GLOBAL + words[0] + b"\n" + words[1] + b"\n" + pickle.STOP


@pytest.mark.parametrize("names", [(), ALLOWED, {("a.b", "C.D"), ("x" * 40, "y" * 40)}])
def test_the_tools_have_nothing_to_say(names, tmp_path):
    """Whatever is listed, and with another channel beside it."""
    made = sections("restricted_pickle.py", "main", names) + sections("restricted_pickle.py", "other", ALLOWED)

    assert complaints(made, tmp_path) == ""


@pytest.mark.parametrize("value", [None, 1.5, "text", b"bytes", [1, {"a": (2, 3)}], {1, 2}, frozenset({1})])
def test_plain_values_need_no_names(restricted, value):
    """They are loaded as ever."""
    assert restricted.loads(pickle.dumps(value)) == value


def test_what_is_listed_is_loaded(restricted):
    """As what it is."""
    value = [collections.Counter("abba"), collections.OrderedDict(a=1)]

    assert restricted.loads(pickle.dumps(value)) == value


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_what_is_not_listed_is_not_even_looked_up(restricted, protocol):
    """In every protocol."""
    with pytest.raises(pickle.UnpicklingError, match="may not be loaded here"):
        restricted.loads(pickle.dumps(Marker(), protocol))

    assert FIRED == []


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("collections", "deque"),
        ("collections", "Counter.__init__"),
        ("collections", "OrderedDict.__class__"),
        ("collections.abc", "Counter"),
        ("Collections", "Counter"),
        ("builtins", "getattr"),
        ("no.such.module", "x"),
    ],
)
def test_the_list_is_exact(restricted, module, name):
    """Other names of a listed module, attributes of a listed name, and what only looks like one, are refused."""
    for message in naming(module, name):
        with pytest.raises(pickle.UnpicklingError, match="may not be loaded here"):
            restricted.loads(message)


def test_what_lies_outside_of_the_message_is_refused(restricted):
    """Persistent ids and extension codes."""
    with pytest.raises(pickle.UnpicklingError):
        restricted.loads(pickle.PERSID + b"x\n" + pickle.STOP)
    with pytest.raises(pickle.UnpicklingError):
        restricted.loads(pickle.NONE + pickle.BINPERSID + pickle.STOP)
    copyreg.add_extension(__name__, "fire", 240)
    try:
        with pytest.raises(pickle.UnpicklingError):
            restricted.loads(pickle.EXT1 + bytes([240]) + pickle.EMPTY_TUPLE + pickle.REDUCE + pickle.STOP)
    finally:
        copyreg.remove_extension(__name__, "fire", 240)

    assert FIRED == []


def test_channels_have_lists_of_their_own(tmp_path):
    """What one may load, another one may not."""
    two = sections("restricted_pickle.py", "main", ALLOWED) + sections("restricted_pickle.py", "other", ())
    module = imported(two, tmp_path)
    message = pickle.dumps(collections.Counter("a"))

    assert module.loads_main(message) == collections.Counter("a")
    with pytest.raises(pickle.UnpicklingError):
        module.loads_other(message)

"""The first refused name of a pickle, told without loading what its names stand for."""

import collections
import copyreg
import datetime as dt
import decimal
import enum
import io
import pathlib
import pickle
import pickletools
import resource
import sys
import uuid
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnomon.guard.loads.dry import _Dry, _Inert, _Kind, refused_name

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


class Everything:
    """Allows each name, and remembers them in order."""

    def __init__(self):
        self.names = []

    def __contains__(self, name):
        self.names.append(name)
        return True


class Recorder(pickle.Unpickler):
    """Really loads, and remembers each name in order."""

    def __init__(self, data, **options):
        super().__init__(io.BytesIO(data), **options)
        self.names = []

    def find_class(self, module, name):
        """Written down."""
        self.names.append((module, name))
        return super().find_class(module, name)


def names_of(data, **options):
    """What a real load asks for."""
    recorder = Recorder(data, **options)
    recorder.load()
    return recorder.names


@dataclass
class Request:
    """As servers send them."""

    tokens: list = field(default_factory=lambda: list(range(100)))
    name: str = "a"

    class Options:
        """A nested class, which old protocols reach by getattr."""


@dataclass(frozen=True, slots=True)
class Slotted:
    """State without a dictionary; hashable."""

    a: int
    b: object = None


class Colour(enum.Enum):
    """Made by calling the class."""

    RED = 1


class WithArguments:
    """Its `__new__` takes arguments by name."""

    def __new__(cls, a, *, b):
        """As a pickle calls it."""
        self = super().__new__(cls)
        self.a, self.b = a, b
        return self

    def __getnewargs_ex__(self):
        return (self.a,), {"b": self.b}


class Items(dict):
    """A dictionary with attributes."""


class Members(set):
    """A set with attributes."""


Point = collections.namedtuple("Point", "x y")  # noqa: PYI024


def looped():
    """An object that holds itself."""
    request = Request()
    request.tokens.append(request)
    return request


VALUES = {
    "plain": {"a": [1, 2.5, None, True, b"x", "é", (1, 2), {3}, frozenset({4}), bytearray(b"y"), 1 << 80]},
    "dataclass": Request(),
    "nested class": [Request.Options, Request.Options()],
    "slots": {Slotted(1): Slotted(2, [Slotted(3)])},
    "enum as key": {Colour.RED: Colour.RED},
    "new with arguments": WithArguments(1, b=2),
    "containers": [
        collections.OrderedDict(a=1),
        collections.defaultdict(list, a=[1]),
        collections.deque([1, 2], 3),
        collections.Counter("aab"),
        Items(a=1),
        Members([1, 2]),
        Point(1, [2]),
    ],
    "library": [
        dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        decimal.Decimal("1.5"),
        pathlib.PurePosixPath("/a"),
        uuid.UUID(int=1),
        complex(1, 2),
        range(3),
        slice(1, 2),
        ValueError("a", 1),
        int,
        len,
    ],
    "arrays": [np.arange(10.0), np.float32(1), np.dtype("f4"), np.array([Request()]), np.array(["a", "b"])],
    "loop": looped(),
}


@pytest.fixture(params=[(name, protocol) for name in VALUES for protocol in PROTOCOLS], ids=str)
def pickled(request):
    """Each value in each protocol that has it."""
    name, protocol = request.param
    try:
        return pickle.dumps(VALUES[name], protocol)
    except pickle.PicklingError:
        pytest.skip("the protocol can't")
    except TypeError:
        pytest.skip("the protocol can't")


def test_the_names_are_those_of_a_real_load(pickled):
    """The same ones, in the same order, spelled the same, to the end."""
    asked = Everything()

    assert refused_name(pickled, asked) is None
    assert asked.names == names_of(pickled)


def test_the_first_name_that_is_missing_is_told(pickled):
    """Whichever that is."""
    names = names_of(pickled)

    for missing in set(names):
        assert refused_name(pickled, set(names) - {missing}) == missing
    assert refused_name(memoryview(pickled), ()) == (names[0] if names else None)


leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5), st.binary(max_size=5),
    st.decimals(allow_nan=False), st.datetimes(), st.just(Colour.RED), st.builds(Slotted, st.integers()),
)  # fmt: skip
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(leaves, inner, max_size=4),
        st.sets(leaves, max_size=4),
        st.tuples(inner, inner),
        st.builds(Request, inner),
        st.builds(Slotted, st.integers(), inner),
        st.builds(collections.deque, st.lists(inner, max_size=3)),
        st.builds(lambda a, b: WithArguments(a, b=b), inner, inner),
        st.lists(st.floats(allow_nan=False), max_size=4).map(np.array),
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(value=values, protocol=st.sampled_from(PROTOCOLS), cut=st.floats(0, 1))
def test_any_value(value, protocol, cut):
    """The names of a real load; of a pickle that was cut off, those before the cut."""
    try:
        data = pickle.dumps(value, protocol)
    except TypeError:  # slots need protocol 2
        return
    names = names_of(data)
    asked, before = Everything(), Everything()

    assert refused_name(data, asked) is None
    assert refused_name(data[: int(cut * len(data))], before) is None
    assert asked.names == names
    assert before.names == names[: len(before.names)]


long = st.builds(
    lambda piece, size: (piece * size)[:size],
    st.binary(min_size=1, max_size=20) | st.text(min_size=1, max_size=20),
    st.integers(0, 200_000),
)


@settings(deadline=None, max_examples=50)
@given(
    parts=st.lists(
        values | long | long.map(lambda each: {each: Colour.RED}) | long.map(Slotted), min_size=2, max_size=5
    ),
    protocol=st.sampled_from(PROTOCOLS),
    cut=st.floats(0, 1),
)
def test_any_long_value(parts, protocol, cut):
    """Also where it is read in pieces, and values of bytes are passed over: all names, and no other."""
    try:
        data = pickle.dumps([np.arange(9_000), *parts, np.ones(9_000), pathlib.PurePosixPath("/a")], protocol)
    except TypeError:  # slots need protocol 2
        return
    names = names_of(data)
    asked, before = Everything(), Everything()

    assert refused_name(data, asked) is None
    assert refused_name(memoryview(data)[: int(cut * len(data))], before) is None
    assert asked.names == names
    assert before.names == names[: len(before.names)]


def test_a_long_value_is_not_read():
    """Of 64 MB next to no page is touched, whatever stands around them."""
    data = pickle.dumps([Request(), np.zeros(8_000_000), Slotted(1)], 5)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    told = refused_name(data, {(__name__, "Request"), *names_of(pickle.dumps(np.zeros(1), 5))})

    assert told == (__name__, "Slotted")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before < 64_000_000 / resource.getpagesize() / 10


@settings(deadline=None)
@given(
    data=st.binary(max_size=60)
    | st.lists(st.sampled_from(b"\x80\x04\x95(])}.cib\x93\x81\x92oR0qau\x86\x85tNK"), max_size=30)
)
def test_what_is_no_pickle_is_not_refused(data):
    """Garbage is the program's to meet, unless it names something."""
    asked = Everything()

    assert refused_name(bytes(data), asked) is None
    told = refused_name(bytes(data), ())
    assert told == (asked.names[0] if asked.names else None)


RAN = []


class Marker:
    """Notes whatever of it runs."""

    def __new__(cls, *args):
        """Written down."""
        RAN.append("new")
        return super().__new__(cls)

    def __init__(self, *args):
        RAN.append("init")

    def __setstate__(self, state):
        RAN.append("setstate")

    def __setitem__(self, key, value):
        RAN.append("setitem")

    def append(self, item):
        """Written down."""
        RAN.append("append")

    def extend(self, items):
        """Written down."""
        RAN.append("extend")

    def add(self, item):
        """Written down."""
        RAN.append("add")

    def __hash__(self):
        RAN.append("hash")
        return 1

    def __reduce__(self):
        return (mark, (1,), {"state": 1}, iter([1, 2]), iter([(1, 2)]))


def mark(*args):
    """A function that a pickle calls."""
    RAN.append("call")
    return Marker()


HERE = __name__.encode()
BY_HAND = {
    "reduce": pickle.dumps(Marker(), 2),
    "reduce as key": b"(c" + HERE + b"\nmark\n)RK\x01d.",
    "in a set": b"\x80\x04\x8f(c" + HERE + b"\nmark\n)R\x90.",
    "newobj": b"\x80\x02c" + HERE + b"\nMarker\nK\x01\x85\x81}K\x01K\x02sb.",
    "newobj_ex": b"\x80\x04c" + HERE + b"\nMarker\nK\x01\x85}\x92.",
    "obj": b"(c" + HERE + b"\nMarker\nK\x01o.",
    "obj without arguments": b"(c" + HERE + b"\nMarker\no.",
    "inst": b"(K\x01i" + HERE + b"\nMarker\n.",
    "state of the class itself": b"c" + HERE + b"\nMarker\n}U\x01aK\x01sb.",
    "state in two parts": b"c" + HERE + b"\nmark\n)RN}U\x08__init__Ns\x86b.",
    "appends": b"c" + HERE + b"\nmark\n)R(K\x01K\x02e.",
    "append": b"c" + HERE + b"\nmark\n)RK\x01a.",
    "setitems": b"c" + HERE + b"\nmark\n)R(K\x01K\x02u.",
    "setitem": b"c" + HERE + b"\nmark\n)RK\x01K\x02s.",
    "additems": b"\x80\x04c" + HERE + b"\nmark\n)R(K\x01K\x02\x90.",
    "call of what a call gave": b"c" + HERE + b"\nmark\n)R)R)R)\x81)R.",
}


@pytest.mark.parametrize("way", BY_HAND)
def test_nothing_of_the_program_runs(way):
    """Whatever a pickle does to a class, a function, or what they gave, it ends well and leaves no trace."""
    before = dict(vars(_Inert)), dict(vars(_Kind)), {**vars(Marker)}
    loader = _Dry(io.BytesIO(BY_HAND[way]))
    loader.allowed = asked = Everything()
    RAN.clear()

    loader.load()

    assert refused_name(BY_HAND[way], asked) is None
    assert RAN == []
    assert asked.names
    assert (dict(vars(_Inert)), dict(vars(_Kind)), {**vars(Marker)}) == before


def test_nothing_is_imported():
    """A name is only compared."""
    data = b"cgnomon_no_such_module\nanything\n)R."

    assert refused_name(data, {("gnomon_no_such_module", "anything")}) is None
    assert refused_name(data, ()) == ("gnomon_no_such_module", "anything")
    assert "gnomon_no_such_module" not in sys.modules


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_persistent_ids(protocol):
    """What the program has behind an id is not asked for."""

    class Pickler(pickle.Pickler):
        def persistent_id(self, obj):
            return "storage" if isinstance(obj, Slotted) else None

    stream = io.BytesIO()
    Pickler(stream, protocol).dump([Slotted(1), Request()])

    assert refused_name(stream.getvalue(), ()) not in {None, (__name__, "Slotted")}


def test_buffers_of_their_own():
    """Frames that belong to the pickle are not needed."""
    buffers = []
    data = pickle.dumps([np.arange(1000.0), Request()], 5, buffer_callback=buffers.append)
    names = names_of(data, buffers=buffers)

    assert buffers
    assert refused_name(data, set(names)) is None
    assert refused_name(data, set(names) - {(__name__, "Request")}) == (__name__, "Request")


def test_old_strings():
    """Strings of Python 2 that are no ASCII don't end the load."""
    assert refused_name(b"(U\x02\xe9\xeacos\nsystem\nl.", ()) == ("os", "system")


@pytest.fixture
def extension():
    """The marker under an extension code that has been used before."""
    copyreg.add_extension(__name__, "mark", 240)
    pickle.loads(b"\x80\x02\x82\xf0.")
    yield b"\x80\x02\x82\xf0)R."
    copyreg.remove_extension(__name__, "mark", 240)


def test_extension_codes_are_names(extension):
    """Neither does the one that was kept run here, nor is the stand-in kept for the program."""
    RAN.clear()

    assert refused_name(extension, ()) == (__name__, "mark")
    assert refused_name(extension, {(__name__, "mark")}) is None
    assert RAN == []
    assert pickle.loads(extension[:4] + b".") is mark


def test_deep_nesting_is_survived():
    """As by a real load."""
    data = b"(" * 100_000 + b"t" * 100_000 + b"cos\nsystem\n."

    assert refused_name(data, ()) == ("os", "system")


@pytest.mark.parametrize(
    "asks",
    [
        b"cos\nsystem\n.",
        b"(ios\nsystem\n.",
        b"(cos\nsystem\no.",
        b"\x8c\x02os\x8c\x06system\x93.",
        b"\x80\x02cos\nsystem\n.",
    ],
)
def test_short_pickles_are_not_passed_unread(asks):
    """Each opcode that looks a name up has a byte without which a short pickle is not even loaded."""
    assert refused_name(asks, ()) == ("os", "system")
    assert refused_name(asks, {("os", "system")}) is None


def test_opcodes_that_name():
    """No opcode of pickle's own table reads lines of a name, or looks one up, but those that are looked for."""
    naming = {
        code.code for code in pickletools.opcodes if "GLOBAL" in code.name or code.name.startswith(("INST", "EXT"))
    }
    lines = {code.code for code in pickletools.opcodes if code.arg is pickletools.stringnl_noescape_pair}
    assert naming == {"c", "i", "\x93", "\x82", "\x83", "\x84"}
    assert lines == {"c", "i"}

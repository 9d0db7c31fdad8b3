"""Objects of registered types come back as they were sent, and what can't is told at the sender, with its field."""

import enum
import inspect
import sys
from array import array
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import InitVar, dataclass, field, replace
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, NamedTuple, NewType, NotRequired, TypedDict, TypeVar

import msgspec
import numpy as np
import pytest
from msgspec.msgpack import Ext

from gnomon.wire.codec import Codec, LateCodec
from gnomon.wire.errors import EncodeError, Refused
from gnomon.wire.limits import Limits
from gnomon.wire.tokens import TokenIds
from tests.wire.messages import (
    MESSAGES,
    TYPES,
    Batch,
    Control,
    Node,
    Output,
    Request,
    Sampling,
    Slot,
    control,
    equal,
    everything,
    node,
    of_type,
    request,
)

CODEC = Codec(*TYPES)
TINY = Limits(inline_bytes=0)  # everything that can gets a frame of its own
T = TypeVar("T")


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
@pytest.mark.parametrize("limits", [Limits(), TINY, Limits(inline_bytes=40)], ids=["inline", "apart", "mixed"])
def test_a_message_comes_back_as_it_was_sent(message, limits):
    """Whether its buffers are in the head or apart."""
    codec = Codec(*TYPES, limits=limits)

    back = codec.decode([bytes(frame) for frame in codec.encode(message)])

    assert of_type(back, type(message))
    assert equal(message, back)


@pytest.mark.parametrize(
    "value",
    [None, True, -1, 2**64 - 1, 0.5, "text", b"bytes", [1, [2, {"a": None}]], {1: {"b": [b"x" * 50_000]}}, [], {}],
)
def test_plain_values_need_no_type(value):
    """A codec without types takes what JSON would, and bytes."""
    codec = Codec()

    assert codec.decode(codec.encode(value)) == value


def test_arrays_are_plain_values():
    """Also within lists and dictionaries."""
    codec = Codec(limits=TINY)
    value = {"a": [np.arange(3), np.float32(2)], "b": np.array(1)}

    back = codec.decode(codec.encode(value))

    assert equal(value, back)
    assert type(back["a"][1]) is np.float32


def test_types_and_plain_values_can_be_mixed():
    """`Any` among the types admits plain values; a registered class is still itself."""
    codec = Codec(Control, Any)

    assert codec.decode(codec.encode([1])) == [1]
    assert codec.decode(codec.encode(control())) == control()


def test_an_annotation_is_registered_like_a_class():
    """What an object's class does not tell, the sender names."""
    codec = Codec(list[Sampling], dict[str, Sampling], Sampling)
    value = [Sampling(seed=1), Sampling(seed=2)]

    assert codec.decode(codec.encode(value, list[Sampling])) == value
    with pytest.raises(EncodeError, match=r"tuple.*is not a registered type"):
        codec.encode(value, tuple[int])


class Point(TypedDict):
    """Two keys, of which one may be missing."""

    x: int
    y: NotRequired[Sampling]


def test_a_typed_dictionary_is_what_dictionaries_are_sent_as():
    """Keys that may be missing, may."""
    codec = Codec(Point)

    assert codec.decode(codec.encode({"x": 1})) == {"x": 1}
    assert codec.decode(codec.encode({"x": 1, "y": Sampling()})) == {"x": 1, "y": Sampling()}
    for wrong, told in (
        ({}, "Point: has no 'x'"),
        ({"x": 1, "z": 2}, "Point: has the unknown key 'z'"),
        ({"x": 1, "y": 3}, r"Point\['y'\]: is of type int, not Sampling"),
    ):
        with pytest.raises(EncodeError, match=told):
            codec.encode(wrong)
    with pytest.raises(EncodeError, match="Point: is of type int, not dict"):
        codec.encode(3, Point)


class Keyed(msgspec.Struct, kw_only=True):
    """Made by keyword."""

    one: int


@dataclass
class Nothing:
    """No field."""


class Alone(NamedTuple):
    """One field."""

    only: bytes


UserId = NewType("UserId", int)


@dataclass
class Shapes:
    """Containers of every form."""

    mapping: Mapping[str, int]
    nested: list[list[Sampling]]
    sequence: Sequence[bytes]
    anything: list  # type: ignore[type-arg]
    table: dict  # type: ignore[type-arg]
    fixed: tuple  # type: ignore[type-arg]
    bag: set  # type: ignore[type-arg]
    user: UserId
    few: Annotated[list[int], msgspec.Meta(max_length=3)]
    empty: Nothing
    alone: Alone
    keyed: list[Keyed]
    maybe: list[Sampling | None]
    free: int | Any
    choice: list[int | Sampling]
    triple: tuple[int, str, bool]
    plain_dict: dict[str, list[int]]


def shapes(**changes: object) -> Shapes:
    """One of each."""
    return replace(
        Shapes(
            {"a": 1},
            [[Sampling()], [], [Sampling(seed=2), Sampling(seed=3)]],
            [b"", b"x"],
            [1, [2]],
            {"a": {"b": 1}},
            (1, "a"),
            {1, "a"},
            UserId(3),
            [1, 2, 3],
            Nothing(),
            Alone(b"x"),
            [Keyed(one=1)],
            [None, Sampling()],
            "x",
            [1, Sampling()],
            (1, "a", True),
            {"a": [1]},
        ),
        **changes,
    )


def test_fields_may_be_of_any_shape():
    """Lists of lists, fields without a type, records with one field or none."""
    codec = Codec(Shapes)

    assert codec.decode(codec.encode(shapes())) == shapes()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"mapping": {"a": object()}}, r"\.mapping\['a'\]: is of type object, which can't be sent"),
        ({"nested": [[], [3]]}, r"\.nested\[1\]\[0\]: is of type int, not Sampling"),
        ({"nested": 3}, r"\.nested: is of type int, not a list"),
        ({"nested": [[Sampling(stop=("a", "\ud800"))]]}, r"\.nested\[0\]\[0\]\.stop\[1\]: is a text with half a surr"),
        ({"sequence": [b"", "x"]}, r"\.sequence\[1\]: is of type str, not bytes"),
        ({"anything": [1, Sampling()]}, r"\.anything\[1\]: is of type tests\.wire\.messages\.Sampling; .*declare"),
        ({"anything": {}}, r"\.anything: is of type dict, not list"),
        ({"anything": [{"a": [2, (1,)]}]}, r"\.anything\[0\]\['a'\]\[1\]: is of type tuple"),
        ({"table": {(1,): 2}}, r"\.table: has a key of type tuple"),
        ({"table": {None: 2}}, r"\.table: has a key of type NoneType"),
        ({"table": {"a": 2**64}}, r"\.table\['a'\]: is an int of more than 64 bits"),
        ({"alone": Alone(3)}, r"\.alone\.only: is of type int, not bytes"),
        ({"keyed": [Keyed(one=1), Keyed(one=2**70)]}, r"\.keyed\[1\]\.one: is an int of more than 64 bits"),
        ({"choice": [1, "x"]}, r"\.choice\[1\]: is of type str, none of int, .*Sampling"),
        ({"choice": [True]}, r"\.choice\[0\]: is of type bool, none of int"),
        ({"choice": [1, Sampling(seed=2**64)]}, r"\.choice\[1\]\.seed: is an int of more"),
        ({"triple": (1, object(), True)}, r"\.triple\[1\]: is of type object"),
        ({"free": Keyed(one=1)}, r"\.free: is of type .*Keyed"),
        ({"bag": {1, 2**64}}, r"\.bag.*: is an int of more than 64 bits"),
        ({"plain_dict": {"a": [1, Keyed]}}, r"\.plain_dict\['a'\]\[1\]: is of type .*StructMeta"),
    ],
)
def test_what_cannot_be_sent_is_told_with_its_field(changes, told):
    """From the message to the innermost value."""
    codec = Codec(Shapes)

    with pytest.raises(EncodeError, match=f"^Shapes{told}"):
        codec.encode(shapes(**changes))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"pair": [1, Sampling()]}, r"\.pair: is of type list, not a tuple of 2"),
        ({"pair": (1, 2)}, r"\.pair\[1\]: is of type int, not Sampling"),
        ({"arrays": {"a": np.arange(2), "b": 3}}, r"\.arrays\['b'\]: is of type int, not numpy\.ndarray"),
        ({"arrays": [np.arange(2)]}, r"\.arrays: is of type list, not a dict"),
        ({"slot": Slot(1, "a", b"")}, r"\.slot\.where: is of type str, not Path"),
        ({"prompt": 3}, r"\.prompt: is of type int, not a list of token ids"),
        ({"view": [1, 2**31]}, r"\.view\[1\]: is more than 32 bits hold"),
        ({"view": [1, "a"]}, r"\.view\[1\]: is of type str, not int"),
        ({"view": np.arange(3)}, r"\.view: holds l in 1 dimensions, not 32-bit numbers"),
        ({"view": np.zeros((2, 2), np.int32)}, r"\.view: holds i in 2 dimensions"),
        ({"case": 3}, r"\.case: is of type int, none of "),
    ],
)
def test_what_is_of_another_type_is_told_with_its_field(changes, told):
    """Where the field's type needs more than msgpack."""
    with pytest.raises(EncodeError, match=f"^Everything{told}"):
        CODEC.encode(replace(everything(), **changes))


def test_what_is_wrong_in_one_of_many_records_is_told_with_its_place():
    """Though they are looked at together."""
    outputs = [Output(request_id="a", new_ids=[1]) for _ in range(4)]
    outputs[2].logprobs = np.ones(3)

    with pytest.raises(EncodeError, match=r"^Batch\.outputs\[2\]\.logprobs: has elements of type float64, not float32"):
        CODEC.encode(Batch(outputs))
    outputs[1] = Sampling()
    with pytest.raises(EncodeError, match=r"^Batch\.outputs\[1\]: is of type .*Sampling, not Output"):
        CODEC.encode(Batch(outputs))


def test_a_list_within_itself_is_told():
    """Where the type does not bound that: `int` says there is none, and nobody looks before msgpack does."""
    endless: list[object] = []
    endless.append(endless)

    with pytest.raises(EncodeError, match=r"^Shapes\.few: is nested deeper than this thread can follow"):
        Codec(Shapes).encode(shapes(few=endless))


def test_an_unregistered_class_is_told():
    """By name."""
    with pytest.raises(EncodeError, match=r"^tests\.wire\.messages\.Sampling: is not of a registered type") as raised:
        CODEC.encode(Sampling())

    assert (raised.value.path, raised.value.problem) == ("tests.wire.messages.Sampling", "is not of a registered type")


class Longer(Sampling):
    """Adds nothing, but could."""


def test_a_subclass_is_told_since_its_own_fields_would_be_lost():
    """It can be named in a union."""
    with pytest.raises(EncodeError, match=r"Request\.sampling: .*Longer, not Sampling, which would lose what it adds"):
        CODEC.encode(replace(request(), sampling=Longer()))


def test_a_field_that_is_not_there_is_told():
    """A struct's field can be deleted."""
    broken = control()
    del broken.step

    with pytest.raises(EncodeError, match="Control: can't be read"):
        CODEC.encode(broken)


@pytest.mark.parametrize("limits", [Limits(depth=10), Limits(depth=200)])
def test_what_is_nested_too_deep_is_told(limits):
    """With the path to where it goes beyond, or to the message."""
    codec = Codec(Node, Request, limits=limits)
    inner: list[object] = []
    deep, tree = inner, Node(0, [])
    for _ in range(limits.depth + 1):
        deep, tree = [deep], Node(0, [tree])
    inner.append(inner)

    for message in (replace(request(), extra={"a": deep}), replace(request(), extra={"a": inner}), tree):
        with pytest.raises(EncodeError, match=r"(\[\d\]|Node.*): is nested deeper than"):
            codec.encode(message)


def test_what_every_receiver_would_refuse_as_too_deep_is_not_sent():
    """Also where the depth comes of the type and of the value together."""
    codec = Codec(Request, limits=Limits(depth=3))
    fits, too_deep = {"a": [1, [0] * 9]}, {"a": [[[1]]]}

    assert codec.decode(codec.encode(replace(request(), extra={"a": [1]}))).extra == {"a": [1]}
    for extra in (fits, too_deep):
        with pytest.raises(EncodeError, match="nested deeper than 3 values"):
            codec.encode(replace(request(), extra=extra))


@dataclass
class Linked:
    """A chain."""

    next: "Linked | None" = None


def test_a_value_too_deep_for_the_thread_is_told():
    """Before the limit, where the caller is deep already."""
    codec = Codec(Linked, limits=Limits(depth=200))
    chain = None
    for _ in range(190):
        chain = Linked(chain)

    def deeper(levels: int) -> object:
        return deeper(levels - 1) if levels else codec.encode(chain)

    with pytest.raises(EncodeError, match=r"Linked: (can't be read|is nested)"):
        deeper(sys.getrecursionlimit() - len(inspect.stack()) - 150)


class Unnamed(Generic[T]):
    """No fields are declared."""


@dataclass
class Parametrised(Generic[T]):
    """A type for every type."""

    value: T


@dataclass
class Initialised:
    """Made of what it does not keep."""

    value: InitVar[int]


@dataclass
class Counting:
    """Keeps what it is not made of."""

    value: int
    count: int = field(default=0, init=False)


class Custom(msgspec.Struct):
    """A field without a plan."""

    value: Unnamed


@dataclass
class Unresolved:
    """A field of a type that is nowhere."""

    value: "Missing"  # noqa: F821


class Empty(enum.Enum):
    """No members."""


@pytest.mark.parametrize(
    ("annotation", "told"),
    [
        (Custom, r"^Custom\.value: Unnamed can't be sent: make it a dataclass, or give the codec a Hook"),
        (Parametrised, "^Parametrised: Parametrised has type parameters"),
        (Initialised, "^Initialised: Initialised is not made of exactly its fields"),
        (Counting, r"^Counting: Counting is not made of exactly its fields \(count\)"),
        (Unresolved, "^Unresolved: the types of Unresolved can't be resolved"),
        (Empty, "^Empty: Empty has no members"),
        (list[type[int]], r"^list\[type\[int\]\]\[\]: values of type type\[int\] can't be sent"),
        (dict[Sampling, int], "a dictionary's keys can't be of type Sampling"),
        (list[int] | list[str], "can't be told apart in a union"),
        (np.longdouble, "elements of type (longdouble|float128) can't be sent"),
        (Annotated[int, msgspec.Meta(max_length=3)], "max_length"),
    ],
)
def test_a_type_that_cannot_be_sent_is_told_when_it_is_registered(annotation, told):
    """Not when the first message goes."""
    with pytest.raises(TypeError, match=told):
        Codec(annotation)


def test_a_type_that_failed_fails_again():
    """Nothing half made is left of it."""
    with pytest.raises(TypeError, match="Custom"):
        Codec(list[Custom] | list[Custom | None])


def test_a_recursive_type_is_checked_on_each_level():
    """Though its wire type has no name for itself."""
    good = CODEC.encode(node())

    assert equal(CODEC.decode(good), node())
    wrong = good[0].replace(b"\x93\x02\x90", b"\x93\xa0\x90")  # a value that is a text, one level down
    assert wrong != good[0]
    with pytest.raises(Refused, match="wrong-type"):
        CODEC.decode([wrong, *good[1:]])


def test_a_codec_can_be_used_after_an_error():
    """Nothing of the failed message is left in it."""
    with pytest.raises(EncodeError):
        CODEC.encode(replace(everything(), case=3))

    assert equal(everything(), CODEC.decode(CODEC.encode(everything())))


def test_a_record_alone_is_of_its_class():
    """Where the sender names the type, that is checked too."""
    with pytest.raises(EncodeError, match=r"^Sampling: is of type int, not Sampling"):
        Codec(Sampling).encode(3, Sampling)


def test_two_types_that_no_number_could_tell_apart_are_told():
    """The same name and the same fields; twice the same type is one."""
    twin = dataclass(type("Sampling", (), {"__annotations__": Sampling.__annotations__, "__qualname__": "Sampling"}))

    with pytest.raises(ValueError, match="Sampling and Sampling have the same number; rename one of them"):
        Codec(Sampling, twin)
    assert Codec(Sampling, Sampling)


def test_both_ends_notice_that_their_types_differ():
    """By name, by a field's name, by a field's type, or by the members of an enum."""

    def head(name: str, **fields: object) -> bytes:
        cls = msgspec.defstruct(name, list(fields.items()))
        return bytes(Codec(cls).encode(cls(*[None] * len(fields)))[0][:5])

    kinds = [enum.Enum("Kind", names) for names in ("A B", "A C", "B A")]  # type: ignore[misc]
    heads = {
        head("X", a=int | None),
        head("Y", a=int | None),
        head("X", b=int | None),
        head("X", a=str | None),
        head("X", a=int | None, b=None | int),
        *(head("X", a=kind | None) for kind in kinds),
    }

    assert len(heads) == 8
    assert head("X", a=int | None) == head("X", a=int | None)
    with pytest.raises(Refused, match=r"unknown-type: number [0-9a-f]{8}: not registered here, or with other fields"):
        CODEC.decode(Codec(Slot).encode(everything().slot))


def test_another_version_is_refused_as_such():
    """The first byte says it."""
    with pytest.raises(Refused, match="version: format version 128, not 1"):
        CODEC.decode([b"\x80\x04\x95\x00\x00\x00"])  # as a pickle begins


class Alias:
    """As `type Name = …` makes it, from Python 3.12 on."""

    __value__ = list[bytes]


class Level(enum.IntEnum):
    """Numbers that are ints as well."""

    LOW = 1


@dataclass
class Prompted:
    """With ids that are packed where they are many."""

    ids: Annotated[list[int], TokenIds]


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (int, 3),
        (Level, Level.LOW),
        (list[Prompted], [Prompted([1]), Prompted([])]),
        (list[Prompted], [Prompted([1]), Prompted(list(range(40)))]),
        (Alias(), [b"a"]),
        (list[Slot], [everything().slot] * 2),
        (list[Annotated[list[int], TokenIds]], [[1], list(range(40))]),
        (list[Annotated[list[int], TokenIds()]], []),
        (list[Annotated[list[int], TokenIds]], [[2**40, *range(40)]]),
        (list[Annotated[tuple[int, ...], TokenIds]], [(1,), tuple(range(40))]),
        (dict[str, Any], {"a": [1, b"x"]}),
        (bytearray, bytearray(b"x")),
        (bytes, b""),
        (list[Sampling] | None, None),
        (list[Keyed | None], [Keyed(one=1), None]),
    ],
)
def test_values_of_any_annotation_come_back(annotation, value):
    """Whether or not there is something to do for them."""
    for limits in (Limits(), TINY):
        codec = Codec(annotation, limits=limits)

        back = codec.decode(codec.encode(value, annotation))

        assert (back, type(back)) == (value, type(value))


def test_whatever_holds_numbers_of_32_bits_can_be_token_ids():
    """A view of the received buffer is what a sequence comes back as."""
    codec = Codec(Annotated[Sequence[int], TokenIds], limits=TINY)
    kind = Annotated[Sequence[int], TokenIds]
    ids = np.arange(10, dtype=np.int32)

    for value in (ids, array("i", range(10)), memoryview(ids), list(range(10)), ids[::1]):
        assert codec.decode(codec.encode(value, kind)).tolist() == list(range(10))
    assert codec.decode(codec.encode(ids[::2], kind)).tolist() == [0, 2, 4, 6, 8]


def test_views_of_any_form_are_sent_as_their_bytes():
    """With gaps, or in two dimensions."""
    codec = Codec(memoryview, limits=TINY)
    square = np.arange(6, dtype=np.uint8).reshape(2, 3)

    for view in (memoryview(b"abc"), memoryview(b"abcdef")[::2], memoryview(square), memoryview(b"abcd").cast("H")):
        assert bytes(codec.decode(codec.encode(view))) == view.tobytes()
        assert codec.decode(codec.encode(view)).readonly


@pytest.mark.parametrize(
    ("annotation", "body", "frames"),
    [
        (Annotated[list[int], TokenIds], Ext(5, b"abc"), []),
        (Annotated[list[int], TokenIds], Ext(6, b""), [b"abc"]),
        (Annotated[list[int], TokenIds], Ext(6, b"x"), [b"abcd"]),
        (Annotated[Sequence[int], TokenIds], [1, 2], []),
        (Any, {1.5: 2}, []),
        (Any, {b"a": 2}, []),
        (Any, datetime(2026, 1, 1, tzinfo=UTC), []),
        (Any, Ext(7, b""), []),
        (Any, [Ext(1, b"")], []),
        (bytes, Ext(2, b""), [b""]),
        (Level, 2, []),
        (list[Sampling], [[1.0, [], None, 4]], []),
        (Point, [1, [3]], []),
        (Point, [1, [], 2], []),
    ],
)
def test_a_value_of_another_type_is_refused(annotation, body, frames):
    """With a buffer or without."""
    codec = Codec(annotation)
    kind = codec._registry.of_type(annotation)
    sent = body if kind.alone else (body, b"")

    with pytest.raises(Refused, match=r"wrong-type|bad-buffer"):
        codec.decode([kind.prefix + msgspec.msgpack.Encoder(enc_hook=str).encode(sent), *frames])


def test_errors_say_what_they_are():
    """Also after they went through a copy."""
    for error in (EncodeError("is wrong", "A.b"), Refused("too-old", "by a week")):
        assert str(copy(error)) == str(error)
    assert str(EncodeError("is wrong", "A.b")) == "A.b: is wrong"


def test_token_ids_mark_lists_of_numbers_alone():
    """Anything else is told when it is registered."""
    with pytest.raises(TypeError, match=r"TokenIds marks list\[int\], .* not dict"):
        Codec(Annotated[dict[int, int], TokenIds])


class Step(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """As msgspec itself sends it."""

    id: str
    logprobs: list[float]
    finished: str | None = None


class Steps(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """Of such, in each kind of container."""

    steps: list[Step]
    named: dict[str, Step]
    last: Step | None
    pair: tuple[Step, int] | None = None
    many: tuple[Step, ...] = ()


class Later(Step, array_like=True, forbid_unknown_fields=True):
    """Has a field more."""

    more: int = 0


def test_a_struct_that_is_an_array_already_is_left_to_msgspec():
    """The bytes are those of any other record with these fields, and what is checked is the same."""
    step = Step("a", [0.5], "stop")
    value = Steps([step, Step("b", [])], {"x": step}, step, (step, 3), (step,))
    codec = Codec(Steps, Step)
    prefix, lists = codec.encode(step)[0][:5], (["a", [0.5], "stop"], ["b", [], None])

    assert codec.decode(codec.encode(value)) == value
    assert codec.encode(step)[0] == prefix + msgspec.msgpack.encode(lists[0])
    assert Codec(list[Step]).encode([step, Step("b", [])], list[Step])[0][5:] == msgspec.msgpack.encode(lists)
    with pytest.raises(Refused, match="wrong-type"):
        codec.decode([prefix + msgspec.msgpack.encode([*lists[0], "more"])])
    for wrong, told in (
        (
            Steps([step, Later("b", [])], {}, None),
            r"^Steps\.steps\[1\]: is of type .*Later, not Step, which would lose",
        ),
        (Steps([], {"x": step}, 3), r"^Steps\.last: is of type int, not Step"),
        (Step("a", [2**70]), r"^Step\.logprobs\[0\]: is an int of more than 64 bits"),
        (Steps([Step("a", [2**70])], {}, None), r"^Steps\.steps\[0\]\.logprobs\[0\]: is an int of more than"),
    ):
        with pytest.raises(EncodeError, match=told):
            codec.encode(wrong)


def test_nothing_is_a_type():
    """None can be a message among others: what ends a loop at the other end."""
    codec = Codec(Request, type(None))

    assert codec.decode(codec.encode(None)) is None


def test_types_can_be_asked_for_late():
    """Where a codec is made before its types are, they are asked for once, at its first use."""
    asked = []

    def types():
        asked.append(1)
        return (Request,)

    codec = LateCodec(types)
    assert not asked

    message = request()
    assert equal(message, codec.decode([bytes(frame) for frame in codec.encode(message)]))
    assert asked == [1]
    with pytest.raises(AttributeError):
        codec.unheard_of  # noqa: B018


@pytest.mark.parametrize(
    ("types", "array"), [((Control, Batch), "Batch.outputs[].logprobs"), ((Control, Request), ""), ((), "")]
)
def test_a_codec_tells_where_its_types_declare_an_array_first(types, array):
    """Packed ids and plain values are none; a late one asks for its types to tell."""
    assert Codec(*types).array == LateCodec(lambda: types).array == array

"""Arrays travel as they lie in memory, and are looked at where they were received."""

import struct
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from msgspec.msgpack import Ext, encode
from numpy.typing import NDArray

from gnomon.wire.codec import Codec
from gnomon.wire.errors import EncodeError, Refused
from gnomon.wire.limits import Limits
from tests.wire.messages import equal

PLAIN = Codec()
ZERO, ONE = np.int64(0), np.int8(1)
APART = Codec(limits=Limits(inline_bytes=0))
ELEMENTS = (
    *("bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"),
    *("float16", "float32", "float64", "complex64", "complex128"),
)


@dataclass
class Hidden:
    """Arrays of a certain element type, and numbers."""

    states: NDArray[np.float32]
    anything: NDArray[np.floating[Any]] | None = None
    step: np.int64 = ZERO
    number: np.generic = ONE


@pytest.mark.parametrize("codec", [PLAIN, APART], ids=["inline", "apart"])
@pytest.mark.parametrize("element", ELEMENTS)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3, 4)])
def test_an_array_comes_back_with_its_elements_and_shape(codec, element, shape):
    """Of every element type, also empty and without dimensions."""
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(element)

    back = codec.decode([bytes(frame) for frame in codec.encode(array)])

    assert equal(array, back)
    assert back.shape == shape
    assert not back.flags.writeable


def test_nothing_is_copied_on_either_side():
    """The frame is the array's memory, and the received array that of the frame."""
    array = np.arange(100_000)

    head, frame = PLAIN.encode(array)
    array[5] = -1
    received = bytearray(frame)
    back = PLAIN.decode([head, received])

    assert back[5] == -1
    assert np.shares_memory(array, np.frombuffer(frame, np.uint8))
    assert np.shares_memory(back, np.frombuffer(received, np.uint8))
    assert not back.flags.writeable


def test_an_array_with_gaps_is_sent_in_order():
    """Slices, transposed and broadcast arrays are copied."""
    base = np.arange(24).reshape(4, 6)

    for array in (base[::2, ::3], base.T, np.broadcast_to(base[0], (3, 6)), base[::-1]):
        assert equal(array, PLAIN.decode(PLAIN.encode(array)))
        assert equal(array, APART.decode(APART.encode(array)))


def test_a_buffer_that_lies_askew_is_moved():
    """A frame may start anywhere in a larger one."""
    array = np.arange(10_000)
    head, frame = PLAIN.encode(array)
    larger = bytes(1) + bytes(frame)

    back = PLAIN.decode([head, memoryview(larger)[1:]])

    assert equal(array, back)
    assert back.flags.aligned
    assert not back.flags.writeable


@pytest.mark.parametrize(
    ("array", "told"),
    [
        (np.array([object()]), "has elements of type object: make them numbers"),
        (np.array(["a"]), "has elements of type <U1: send a list of str"),
        (np.array(["2026-01-01"], "M8[D]"), "send its .view"),
        (np.zeros(2, ">f4"), "has elements of type >f4"),
        (np.zeros(2, "f4,i4"), "has elements of type"),
        (np.ma.zeros(2), "is of type numpy.ma.*MaskedArray"),
        (np.zeros((1,) * 33), "has 33 dimensions, more than 32"),
        (np.datetime64("2026-01-01"), "is of numpy's type datetime64"),
    ],
)
def test_an_array_that_cannot_be_sent_is_told(array, told):
    """With what to do where that is known."""
    with pytest.raises(EncodeError, match=told):
        PLAIN.encode(array)


def test_an_annotated_element_type_is_held_at_both_ends():
    """An abstract one, or none, allows any."""
    typed, loose = Codec(Hidden), Codec(NDArray[Any], NDArray[np.int32], np.int64)
    good = Hidden(np.ones((2, 2), np.float32), np.ones(1, np.float16), np.int64(3), np.float32(2))

    back = typed.decode(typed.encode(good))
    head = typed.encode(good)[0]

    assert (back.step, type(back.step), type(back.number)) == (3, np.int64, np.float32)
    for wrong, told in (
        (Hidden(np.ones(2)), "Hidden.states: has elements of type float64, not float32"),
        (Hidden(good.states, step=np.int32(3)), "Hidden.step: has elements of type int32, not int64"),
        (Hidden(good.states, step=3), "Hidden.step: is of type int, not a number of numpy's"),
    ):
        with pytest.raises(EncodeError, match=told):
            typed.encode(wrong)
    for changed in (head.replace(b"\x02\x0b\0", b"\x02\x07\0"), head.replace(b"\x04\x09\3", b"\x02\x09\3")):
        assert changed != head
        with pytest.raises(Refused, match="bad-buffer"):
            typed.decode([changed])
    assert loose.decode(loose.encode(np.arange(2), NDArray[Any])).dtype == np.int64


def forged(
    extension: int, code: int, place: int, dimensions: int, *rest: int, zero: int = 0, data: bytes = b""
) -> bytes:
    """Head of a plain value that claims to be such an array."""
    return plain_head(Ext(extension, struct.pack(f"<BBHI{len(rest)}Q", code, place, dimensions, zero, *rest)), data)


def plain_head(body: object, numbers: bytes = b"") -> bytes:
    """Head of a plain value that msgpack has as that, with the numbers of small arrays."""
    return bytes(PLAIN.encode(None)[0][:5]) + encode((body, numbers))


@pytest.mark.parametrize(
    "frames",
    [
        [forged(2, 11, 0, 1, 3, data=bytes(8))],  # two elements where three are said
        [forged(2, 11, 0, 1, 3, data=bytes(24))],
        [forged(2, 11, 0, 1, 3, data=bytes(12))],  # without the zeros behind
        [forged(2, 11, 0, 2, 3, data=bytes(16))],  # one dimension of two
        [forged(2, 99, 0, 1, 3, data=bytes(16))],
        [forged(2, 15, 0, 1, 6, data=bytes(16))],  # bfloat16, which numpy has not
        [forged(2, 11, 2, 1, 3, data=bytes(16))],
        [forged(2, 11, 0, 1, 3, zero=1, data=bytes(16))],
        [forged(2, 11, 0, 40, *(1,) * 40, data=bytes(8))],
        [forged(2, 11, 0, 1, 2**62)],
        [forged(2, 11, 0, 2, 2**62, 4)],  # whose product is 0 in 64 bits
        [forged(2, 11, 0, 3, 2**62, 0, 2**62)],  # and here is 0, but no memory has such a shape
        [forged(2, 11, 1, 1, 3)],  # a frame that is not there
        [forged(2, 11, 1, 1, 3), bytes(11)],
        [forged(2, 11, 1, 1, 3), bytes(12), b""],
        [forged(2, 11, 1, 1, 3, data=bytes(12)), bytes(12)],
        [forged(2, 1, 0, 1, 2, data=b"\0\2" + bytes(6))],  # a truth value of 2
        [forged(2, 11, 0, 0)[:-2]],
        [plain_head(Ext(2, b"\x0b"))],
        [plain_head(Ext(9, b""))],
        [plain_head(Ext(1, b"more")), b"x"],
        [plain_head(1, bytes(8))],  # numbers of no array
        [plain_head(Ext(4, b""))],
        [plain_head(Ext(4, b"\x0b\0\0\0"))],  # a number of three bytes instead of four
        [plain_head(Ext(4, b"\x0f\0\0"))],
        [plain_head(Ext(4, b"\x01\2"))],  # a truth value of 2
        [forged(3, 11, 0, 1, 1, data=bytes(8))],  # a tensor, where torch is not imported
    ],
)
def test_a_forged_description_is_refused(frames):
    """Before memory is taken or read for it."""
    if "torch" in sys.modules and frames[0] == forged(3, 11, 0, 1, 1, data=bytes(8)):
        pytest.skip("torch is imported")
    with pytest.raises(Refused, match=r"bad-buffer|wrong-type|truncated"):
        PLAIN.decode(frames)


def test_a_message_does_not_import_numpy():
    """Where it is not imported, an array is refused; the codec itself imports none of what it can carry."""
    heads = [bytes(PLAIN.encode(value)[0]) for value in (np.arange(2), np.int8(1))]
    code = (
        "import sys\n"
        "from gnomon.wire.codec import Codec\n"
        "from gnomon.wire.errors import EncodeError, Refused\n"
        f"for head in {heads}:\n"
        "    try:\n        Codec().decode([head])\n"
        "    except Refused as refused:\n        print(refused.reason)\n"
        "try:\n    Codec().encode(sys)\nexcept EncodeError as error:\n    print(error.path)\n"
        "print({'numpy', 'torch', 'pydantic'} & sys.modules.keys())\n"
    )

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout == "wrong-type\nwrong-type\nAny\nset()\n"


def test_without_numpy_its_values_are_of_an_unknown_class(monkeypatch):
    """As those of any other library."""
    monkeypatch.delitem(sys.modules, "numpy")

    with pytest.raises(EncodeError, match=r"is of type numpy\.ndarray; here, where no type is declared"):
        PLAIN.encode(np.arange(3))

"""Tensors travel as they lie in memory, of every element type that torch has and numpy has not."""

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from msgspec.msgpack import Ext, encode

from gnomon.wire.codec import Codec
from gnomon.wire.errors import EncodeError, Refused
from gnomon.wire.limits import Limits

torch = pytest.importorskip("torch")
PLAIN = Codec()
APART = Codec(limits=Limits(inline_bytes=0))
ELEMENTS = (
    *("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64"),
    *("complex64", "complex128", "float8_e4m3fn", "float8_e5m2", "uint16", "uint32", "uint64"),
)


@dataclass
class Hidden:
    """A tensor, and what may be one."""

    states: torch.Tensor
    either: np.ndarray | torch.Tensor | None = None


def same(left, right) -> bool:
    """Whether two tensors have the same elements, bit for bit."""
    if (left.dtype, left.shape) != (right.dtype, right.shape):
        return False
    return bytes(left.reshape(-1).view(torch.uint8).numpy()) == bytes(right.reshape(-1).view(torch.uint8).numpy())


@pytest.mark.parametrize("codec", [PLAIN, APART], ids=["inline", "apart"])
@pytest.mark.parametrize("element", ELEMENTS)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3, 4)])
def test_a_tensor_comes_back_with_its_elements_and_shape(codec, element, shape):
    """Also empty and without dimensions."""
    tensor = torch.arange(np.prod(shape, dtype=int)).reshape(shape).to(torch.float32).to(getattr(torch, element))

    assert same(tensor, codec.decode([bytes(frame) for frame in codec.encode(tensor)]))


def test_a_declared_tensor_is_told_by_its_path():
    """Mode `auto` seals for it, as for an array."""
    assert Codec(Hidden).array == "Hidden.states"


def test_nothing_is_copied_on_either_side():
    """The frame is the tensor's memory, and the received tensor that of the frame."""
    tensor = torch.ones(100_000, dtype=torch.bfloat16)

    head, frame = PLAIN.encode(tensor)
    tensor[5] = 7
    received = bytearray(frame)
    back = PLAIN.decode([head, received])

    assert back[5] == 7
    assert torch.from_numpy(np.frombuffer(received, np.uint8)).data_ptr() == back.data_ptr()


def test_what_is_sent_of_a_tensor_is_its_numbers():
    """In order, conjugated and without a gradient."""
    base = torch.arange(24.0).reshape(4, 6)
    for tensor in (base.T, base[::2, ::3], torch.tensor([1 + 2j]).conj(), torch.ones(2, requires_grad=True)):
        assert same(tensor.detach().resolve_conj().contiguous(), PLAIN.decode(PLAIN.encode(tensor)))


def test_a_tensor_is_of_its_declared_type():
    """An array is none, and a union tells them apart."""
    codec = Codec(Hidden)

    for either in (None, np.ones(2), torch.ones(2)):
        back = codec.decode(codec.encode(Hidden(torch.ones(1), either)))
        assert type(back.either) is type(either)
    with pytest.raises(EncodeError, match=r"Hidden\.states: is of type numpy\.ndarray, not torch\.Tensor"):
        codec.encode(Hidden(np.ones(1)))
    with pytest.raises(Refused, match="wrong-type: extension 2 where a tensor is due"):
        codec.decode([codec.encode(Hidden(torch.ones(1)))[0].replace(b"\x03\x0b", b"\x02\x0b")])


@pytest.mark.parametrize(
    ("tensor", "told"),
    [
        (torch.ones(2, 2).to_sparse(), "is a tensor of torch.float32, torch.sparse_coo"),
        (torch.ones(2, device="meta"), r"is on meta: send its \.cpu\(\)"),
        (torch.nn.Parameter(torch.ones(2)), "Parameter"),
    ],
)
def test_a_tensor_that_cannot_be_sent_is_told(tensor, told):
    """With what to do where that is known."""
    with pytest.raises(EncodeError, match=told):
        PLAIN.encode(tensor)


@pytest.mark.parametrize("shape", [(3,), (2**62,), (2**62, 4), (0, 2**62, 2**62)])
def test_a_forged_shape_is_refused(shape):
    """Before memory is taken or read for it."""
    described = struct.pack(f"<BBHI{len(shape)}Q", 15, 0, len(shape), 0, *shape)

    with pytest.raises(Refused, match="bad-buffer"):
        PLAIN.decode([bytes(PLAIN.encode(None)[0][:5]) + encode((Ext(3, described), b""))])


def test_any_flipped_bit_gives_a_tensor_or_is_refused():
    """Of the elements that a description then says."""
    frames = [bytes(frame) for frame in APART.encode({"a": torch.ones(2, 3, dtype=torch.bfloat16)})]
    for at, frame in enumerate(frames):
        for bit in range(8 * len(frame)):
            changed = bytearray(frame)
            changed[bit // 8] ^= 1 << bit % 8
            try:
                back: Any = APART.decode([*frames[:at], bytes(changed), *frames[at + 1 :]])
            except Refused:
                continue
            assert type(back) is dict
            assert {type(value) for value in back.values()} <= {torch.Tensor, bytes, np.ndarray}


@dataclass
class Described:
    """What a receiver needs to make room for a tensor."""

    shape: torch.Size
    dtype: torch.dtype
    device: torch.device


def test_what_describes_a_tensor_comes_back_as_itself():
    """Servers send it ahead of tensors that go another way: sizes stay torch.Size, types of elements torch.dtype."""
    codec = Codec(Described)
    sent = Described(torch.Size((2, 3)), torch.bfloat16, torch.device("cuda:1"))

    received = codec.decode(codec.encode(sent))

    assert received == sent
    assert type(received.shape) is torch.Size


def test_a_type_of_elements_that_torch_does_not_have_is_refused():
    """The name is looked up among torch's types: no other attribute of torch can be named."""
    codec = Codec(Described)
    frames = codec.encode(Described(torch.Size(()), torch.float32, torch.device("cpu")))
    forged = [bytes(frames[0]).replace(b"float32", b"compile")]

    with pytest.raises(Refused):
        codec.decode(forged)

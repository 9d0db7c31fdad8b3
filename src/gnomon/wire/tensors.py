"""Tensors of torch's, on the CPU, and what describes them: shapes, types of elements, devices.

The library is never imported here: where a program has not imported it, it can't hold or expect such a value.
"""

import sys
import warnings
from functools import cache
from math import prod
from typing import TYPE_CHECKING, cast

from msgspec.msgpack import Ext

from gnomon.wire.elements import ELEMENTS, Element, apart, inline, layouts_of, opened
from gnomon.wire.errors import EncodeError, Refused
from gnomon.wire.plan import TENSOR, Incoming, Lift, Lower, Outgoing, Plan, kind_of

if TYPE_CHECKING:
    from gnomon.wire.hooks import Hook


def tensor_plan(annotation: object) -> Plan | None:
    """Plan of an annotation that means a tensor; None for any other."""
    torch = sys.modules.get("torch")
    if torch is None or annotation is not torch.Tensor:
        return None
    lift_tensor, classes = _lift(), cast("tuple[type]", (torch.Tensor,))

    def lift(value: Ext, source: Incoming) -> object:
        if value.code != TENSOR:
            raise Refused("wrong-type", f"extension {value.code} where a tensor is due")
        return lift_tensor(value, source)

    return Plan(wire=Ext, schema="tensor", classes=classes, lower=_lower(), lift=lift, apart=True)


def tensor_lowering(cls: type) -> Lower | None:
    """What makes extensions of values of that type, if it is torch's."""
    torch = sys.modules.get("torch")
    return _lower() if torch is not None and cls is torch.Tensor else None


def tensor_lifting() -> Lift | None:
    """What makes tensors of extensions, if torch is imported.

    Tensors are views of what was received, and must not be written to: clone them first. Raises Refused, and what torch
    raises for shapes that no memory can hold.
    """
    return _lift() if "torch" in sys.modules else None


def description_hook(cls: type) -> "Hook | None":
    """Hook of what describes a tensor; None for any other class. A type of elements goes by its name in torch."""
    from gnomon.wire.hooks import Hook

    torch = sys.modules.get("torch")
    if torch is None:
        return None
    if cls is torch.Size:
        return Hook(cls=cls, wire=tuple[int, ...], lower=tuple, lift=torch.Size)
    if cls is torch.dtype:
        named = {name: value for name, value in vars(torch).items() if isinstance(value, torch.dtype)}
        return Hook(cls=cls, wire=str, lower=lambda value: str(value).removeprefix("torch."), lift=named.__getitem__)
    return Hook(cls=cls, wire=str, lower=str, lift=torch.device) if cls is torch.device else None


@cache
def _codes() -> dict[Element, int]:
    torch = sys.modules["torch"]
    return {getattr(torch, name): code for code, _, name in ELEMENTS if hasattr(torch, name)}


@cache
def _lower() -> Lower:
    torch, codes = sys.modules["torch"], _codes()

    def lower(value: object, out: Outgoing) -> Ext:
        """Of its numbers alone: not of its gradient. One with gaps is copied."""
        if type(value) is not torch.Tensor:
            raise EncodeError(f"is of type {kind_of(value)}, not torch.Tensor", "")
        tensor = torch.Tensor.detach(value)  # type: ignore[attr-defined]
        if tensor.device.type != "cpu":
            raise EncodeError(f"is on {tensor.device}: send its .cpu()", "")
        code = codes.get(tensor.dtype)
        if code is None or tensor.layout is not torch.strided:
            raise EncodeError(f"is a tensor of {tensor.dtype}, {tensor.layout}", "")
        plain = tensor.resolve_conj().resolve_neg().contiguous().reshape(-1).view(torch.uint8)
        memory, shape = plain.numpy().data, tuple(tensor.shape)
        if memory.nbytes < out.inline_bytes or not memory.nbytes:
            return inline(TENSOR, code, shape, bytes(memory), out)
        return apart(TENSOR, code, shape, memory, out)

    return lower


@cache
def _lift() -> Lift:
    torch = sys.modules["torch"]
    layouts = layouts_of({code: element for element, code in _codes().items()})
    with warnings.catch_warnings():
        # Once in a process, torch warns of a tensor over memory that may not be written to. `tensor_lifting` says so.
        warnings.simplefilter("ignore")
        torch.frombuffer(b"\0", dtype=torch.uint8)

    def lift(value: Ext, source: Incoming) -> object:
        layout = layouts(value.data)  # type: ignore[arg-type]  # what is decoded is bytes
        memory, start = opened(layout, source)
        count = prod(layout.shape)
        if not count:
            return torch.empty(layout.shape, dtype=layout.element)
        return torch.frombuffer(memory, dtype=layout.element, count=count, offset=start).reshape(layout.shape)

    return lift

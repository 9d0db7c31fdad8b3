"""Classes that are sent as a value of another type, and made of it again: a few well-known ones, and the user's own."""

import sys
from collections.abc import Callable
from pathlib import PurePath

from msgspec import Struct

from gnomon.wire.blame import REASONS
from gnomon.wire.errors import EncodeError
from gnomon.wire.plan import Incoming, Outgoing, Plan, kind_of, lift_of, lower_of
from gnomon.wire.tensors import description_hook


class Hook(Struct, frozen=True, kw_only=True):
    """Sends objects of `cls` as values of the type `wire`: `Hook(cls=Url, wire=str, lower=str, lift=Url)`.

    `lift` is given what somebody else sent, checked to be of the type `wire` and no more. If it raises, the message is
    refused.
    """

    cls: type
    wire: object
    lower: Callable[..., object]
    lift: Callable[..., object]


class RemoteError(Exception):
    """An exception of the other end: the name of its class, and its text.

    It is never made an object of that class again, whose construction could do anything.
    """

    def __init__(self, name: str, text: str) -> None:
        super().__init__(name, text)
        self.name = name
        self.text = text

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"


def hook_plan(hook: Hook, inner: Plan) -> Plan:
    """Plan of the hook's class, given that of the type it is sent as."""
    lower_inner, lift_inner = lower_of(inner), lift_of(inner)

    def lower(value: object, out: Outgoing) -> object:
        if not isinstance(value, hook.cls):
            raise EncodeError(f"is of type {kind_of(value)}, not {hook.cls.__qualname__}", "")
        try:
            sent = hook.lower(value)
        except REASONS as error:
            raise EncodeError(f"is not made {inner.schema} by its hook: {error!r}", "") from error
        return lower_inner(sent, out)

    def lift(value: object, source: Incoming) -> object:
        return hook.lift(lift_inner(value, source))

    return Plan(
        wire=inner.wire,
        schema=f"{hook.cls.__qualname__} as {inner.schema}",
        classes=(hook.cls,),
        lower=lower,
        lift=lift,
        apart=inner.apart,
        unbounded=inner.unbounded,
    )


def built_in(cls: type) -> Hook | None:
    """Hook of a class that needs none of the user's: paths, exceptions, models of pydantic's, sizes of torch's."""
    if issubclass(cls, PurePath):
        return Hook(cls=cls, wire=str, lower=str, lift=cls)
    if cls is complex:
        return Hook(
            cls=cls,
            wire=tuple[float, float],
            lower=lambda value: (value.real, value.imag),
            lift=lambda parts: complex(*parts),
        )
    if cls in {Exception, BaseException, RemoteError}:
        return Hook(cls=cls, wire=tuple[str, str], lower=_told, lift=lambda told: RemoteError(*told))
    pydantic = sys.modules.get("pydantic")
    if pydantic is not None and issubclass(cls, pydantic.BaseModel):
        return _model(cls)
    return description_hook(cls)


def _told(error: BaseException) -> tuple[str, str]:
    if isinstance(error, RemoteError):
        return error.name, error.text
    return type(error).__qualname__, str(error)


def _model(cls: type) -> Hook:
    """Of pydantic, which a model as it makes it of the JSON that it wrote itself."""

    def lower(value: object) -> object:
        if type(value) is not cls:
            raise EncodeError(f"is of type {kind_of(value)}, not {cls.__qualname__}", "")
        return value.model_dump_json(round_trip=True)  # type: ignore[attr-defined]

    return Hook(cls=cls, wire=str, lower=lower, lift=cls.model_validate_json)  # type: ignore[attr-defined]

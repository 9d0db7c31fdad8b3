"""Classes that are sent as something else."""

import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
import numpy as np
import pytest

from gnomon.wire.codec import Codec
from gnomon.wire.errors import EncodeError, Refused
from gnomon.wire.hooks import Hook, RemoteError


class Url:
    """Refuses some texts, with an error of its own choice."""

    def __init__(self, text: str) -> None:
        if "://" not in text:
            raise KeyError(text)
        self.text = text

    def __str__(self) -> str:
        return self.text


class Picture:
    """Has a buffer."""

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels = pixels


@dataclass
class Page:
    """Has objects that need hooks."""

    url: Url
    pictures: list[Picture]
    path: Path | None = None
    failure: BaseException | None = None


HOOKS = (
    Hook(cls=Url, wire=str, lower=str, lift=Url),
    Hook(cls=Picture, wire=np.ndarray, lower=lambda picture: picture.pixels, lift=Picture),
)
CODEC = Codec(Page, hooks=HOOKS)


def test_a_hook_sends_a_class_as_another_type():
    """Also as one that has buffers."""
    page = Page(Url("http://a"), [Picture(np.ones(20_000)), Picture(np.zeros(1))], Path("a/b"))

    frames = CODEC.encode(page)
    back = CODEC.decode(frames)

    assert len(frames) == 2
    assert (str(back.url), back.path) == ("http://a", Path("a/b"))
    assert [picture.pixels.sum() for picture in back.pictures] == [20_000, 0]


def test_what_a_hook_raises_is_told_or_refuses():
    """Whatever it is, a receiving loop goes on."""
    good = CODEC.encode(Page(Url("http://a"), []))[0]
    broken = Codec(Url, hooks=[Hook(cls=Url, wire=str, lower=lambda url: url.text + 1, lift=Url)])

    with pytest.raises(Refused, match="wrong-type: KeyError") as refused:
        CODEC.decode([good.replace(b"http://a", b"http//aa")])
    assert isinstance(refused.value.__cause__, KeyError)
    with pytest.raises(EncodeError, match="Url: is not made str by its hook: TypeError"):
        broken.encode(Url("a://"))
    with pytest.raises(EncodeError, match=r"Page\.url: is of type str, not Url"):
        CODEC.encode(Page("http://a", []))


def test_an_error_is_told_once_where_it_is_not_seen_again():
    """A hook that fails the first time only."""
    failures = [EncodeError("is busy", "")]

    def lower(picture: Picture) -> np.ndarray:
        if failures:
            raise failures.pop()
        return picture.pixels

    @dataclass
    class Album:
        picture: Picture

    codec = Codec(list[Album], hooks=[Hook(cls=Picture, wire=np.ndarray, lower=lower, lift=Picture)])

    with pytest.raises(EncodeError, match="is busy"):
        codec.encode([Album(Picture(np.ones(1)))], list[Album])


def test_an_exception_comes_back_as_name_and_text():
    """Its class is never made again; told on by a third, it stays what it was."""
    page = Page(Url("a://"), [], failure=SystemExit("stop"))

    back = CODEC.decode(CODEC.encode(page))
    further = CODEC.decode(CODEC.encode(back))

    assert type(back.failure) is RemoteError
    assert (back.failure.name, back.failure.text, str(back.failure)) == ("SystemExit", "stop", "SystemExit: stop")
    assert str(further.failure) == "SystemExit: stop"


def test_an_exception_of_a_certain_class_cannot_be_declared():
    """Nothing of that class would come back."""
    with pytest.raises(TypeError, match="KeyError can't be sent"):
        Codec(KeyError)


def test_paths_and_complex_numbers_come_back():
    """Of the class that was declared."""
    codec = Codec(PurePosixPath, complex)

    assert codec.decode(codec.encode(PurePosixPath("/a"))) == PurePosixPath("/a")
    assert codec.decode(codec.encode(1 + 2j)) == 1 + 2j


def test_models_of_pydantic_are_validated():
    """By pydantic, of the JSON that it wrote."""
    pydantic = pytest.importorskip("pydantic")

    class Options(pydantic.BaseModel):
        limit: int = pydantic.Field(ge=0)
        names: tuple[str, ...] = ()

    class More(Options):
        pass

    codec = Codec(Options, list[Options])
    frames = codec.encode(Options(limit=3, names=("a",)))

    assert codec.decode(frames) == Options(limit=3, names=("a",))
    with pytest.raises(Refused, match="wrong-type: ValidationError"):
        codec.decode([frames[0].replace(b'"limit":3', b'"limit":"')])
    with pytest.raises(EncodeError, match=r"\[0\]: is of type .*More, not .*Options"):
        codec.encode([More(limit=1)], list[Options])


class Picky(msgspec.Struct):
    """Raises something else for each value."""

    value: Any

    def __post_init__(self) -> None:
        outcome = {1: RecursionError, 2: MemoryError, 3: OSError, 4: ZeroDivisionError}.get(self.value)
        if outcome:
            raise outcome("picky")


@pytest.mark.parametrize(("value", "reason"), [(1, "too-deep"), (2, "too-large"), (3, "wrong-type"), (4, "wrong-type")])
def test_what_a_class_raises_refuses_the_message(value, reason):
    """Its own checks see what was received, and may raise anything."""
    codec = Codec(Picky)
    sent = Picky(0)
    sent.value = value

    with pytest.raises(Refused) as refused:
        codec.decode(codec.encode(sent))
    assert refused.value.reason == reason


def test_nothing_is_known_of_a_library_that_is_not_imported(monkeypatch):
    """Without pydantic, a class is just unknown."""
    monkeypatch.delitem(sys.modules, "pydantic", raising=False)

    with pytest.raises(TypeError, match="Plain can't be sent"):
        Codec(type("Plain", (), {}))

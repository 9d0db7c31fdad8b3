"""The module that declares what messages are, and its round-trip tests, for a channel's dumps and a style."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from gnomon.core.channel import Dump
from gnomon.core.patch import Section
from gnomon.core.shape import Shape
from gnomon.fix.sources import Sources

TypedStyle = Literal["wire", "msgspec", "json"]


class Place(Struct, frozen=True, kw_only=True):
    """Where a generated module goes."""

    path: str
    """As fix.modules.module_path says."""
    tests: str
    """Path of its test module, as fix.modules.test_path says."""
    sources: Sources
    touched: frozenset[str] = frozenset()
    """Files that will import it: what it imports of the target must not import those in a circle."""


class Module(Struct, frozen=True, kw_only=True):
    """What `module` makes."""

    sections: tuple[Section, ...] = ()
    """Of the module: its own, and one that several channels share where it needs helpers."""
    tests: tuple[Section, ...] = ()
    """A round trip of each declared type."""
    codec: str = ""
    """Name of the codec in the module; style wire alone."""
    dumps: str = ""
    """Name of the function in the module that takes the place of `pickle.dumps`, with the type as a second argument
    where `as_type` says one; "" in style wire unless `payload` was asked for."""
    loads: str = ""
    names: tuple[str, ...] = ()
    """The declared types as the module writes them, in the order of the dumps."""
    types: tuple[tuple[Shape, str], ...] = ()
    why: tuple[str, ...] = ()
    """What was guessed, so that the offer is no more than suggested: clauses. Untrusted text."""
    impossible: tuple[str, ...] = ()
    """Why there is no such module: clauses; the other fields then don't count. Untrusted text."""

    def as_type(self, shape: Shape) -> str:
        """Name, in the module, that a dump of this shape gives as its type; "" where the object's class tells it."""
        return next((name for each, name in self.types if each == shape), "")


def module(
    style: TypedStyle, name: str, dumps: Sequence[Dump], place: Place, *, payload: bool = False
) -> Module:
    """What declares the messages of a channel.

    `name` identifies the channel within the module: "" for the only one, whose codec is `CODEC` and whose functions are
    `dumps` and `loads`; else a word that their names end in. `payload` asks for `dumps` and `loads` in style wire.
    """
    raise NotImplementedError

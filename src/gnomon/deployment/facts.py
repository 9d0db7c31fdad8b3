"""What deployment files say of a container, as frozen values with line numbers."""

from typing import Literal

from msgspec import Struct

Publishing = Literal["published", "host-port", "load-balancer", "node-port", "exposed"]


PLACEHOLDER = "__template__"
"""Stands where a template puts in what is not known here."""


class Word(Struct, frozen=True):
    """One word of a command line; untrusted text."""

    text: str
    line: int
    """1-based."""


class Variable(Struct, frozen=True):
    """An environment variable that is set; untrusted text."""

    name: str
    value: str
    line: int


class Port(Struct, frozen=True):
    """A port of a container, and how it is reached from outside of it."""

    number: int
    """As the program in the container sees it."""
    how: Publishing
    """"exposed" is a declaration only; the others open the port to the host's interfaces or beyond."""
    interface: str
    """The host's interface that it is published on, "" for all."""
    line: int


class Unit(Struct, frozen=True, kw_only=True):
    """A container, or a stage of an image: what is started in it, and with what."""

    commands: tuple[tuple[Word, ...], ...] = ()
    """Each command line on its own; one that has options alone belongs to a program that the image names."""
    variables: tuple[Variable, ...] = ()
    ports: tuple[Port, ...] = ()
    host_network: int = 0
    """The line that puts it into its host's network; 0 if it has one of its own."""
    built_here: bool = False
    """True if its image is built from the files around."""
    env_files: tuple[Word, ...] = ()
    """Files of variables, as paths from the folder of the file that names them."""


class Unreadable(Exception):
    """A file is not what its name promises; the message is the reason, in one line."""

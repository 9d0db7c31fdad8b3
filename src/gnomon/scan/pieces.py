"""The text of an address in pieces: what is written in the code, and holes for what is only known at run time."""

import re
from typing import Literal

from gnomon.core.endpoint import Decider
from gnomon.scan.values import Found

PAIR = "\x00pair"
"""First piece of an address that was given as host and port, not as one string."""
HoleKind = Literal["configured", "own", "random", "path", "request", "bound", "unknown"]
SCHEME = re.compile(r"^([a-z][a-z0-9+]*)://", re.IGNORECASE)
"""`tcp://` and its like at the beginning of an address."""


class Hole:
    """A part of an address that is only known at run time."""

    __slots__ = ("deciders", "default", "is_sample", "kind", "name", "origin", "receivers")

    def __init__(
        self,
        kind: HoleKind,
        name: str,
        default: "tuple[Pieces, ...]" = (),
        receivers: tuple[Found, ...] = (),
        deciders: tuple[Decider, ...] = (),
        origin: tuple[object, ...] = (),
        *,
        is_sample: bool = False,
    ) -> None:
        self.kind = kind
        self.name = name
        self.default = default
        """What it is if nobody sets it."""
        self.is_sample = is_sample
        """The program itself gives nothing here: what is known comes from tests and examples."""
        self.receivers = receivers
        """For "bound": the channels whose bound address it is."""
        self.origin = origin
        """Identity of what fills it: holes with the same one hold the same text. Empty if nothing is known."""
        inner = (part for parts in default for part in parts if isinstance(part, Hole))
        self.deciders: tuple[Decider, ...] = (*deciders, *(decider for hole in inner for decider in hole.deciders))
        """For "configured": what decides it, and what decides its default, as far as the code names them."""


Pieces = tuple[str | Hole, ...]
"""One alternative of an address: text and holes in order."""


def host_is_known(parts: Pieces) -> bool:
    """True if the text so far holds a whole scheme and host."""
    text = shown(parts, plain=True)
    scheme = SCHEME.match(text)
    if scheme is None:
        return False
    rest = text[scheme.end() :]
    return bool(re.match(r"^(\[[^\]]*\]|[^/:\[]+)[:/]", rest)) or scheme.group(1).lower() in ("ipc", "inproc")


def shown(parts: Pieces, *, plain: bool = False) -> str:
    """The address as people read it; holes appear as `{name}`."""
    text = "".join(part if isinstance(part, str) else ("\x01" if plain else "{" + part.name + "}") for part in parts)
    return text.replace(PAIR, "")

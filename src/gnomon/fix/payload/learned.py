"""Names that a program was seen to unpickle, by the place that loads them: what `gnomon guard learn` writes down."""

import hashlib
import json
from typing import Any

import msgspec
from msgspec import Struct

from gnomon.core.channel import Load
from gnomon.core.errors import GnomonError
from gnomon.fix.payload.names import LOADS_AGAIN, Name, Named
from gnomon.fix.payload.wording import at

VERSION = 1
"""Of guard's policies: docs/guard.md."""


class Place(Struct, frozen=True, kw_only=True):
    """What was learned at one place."""

    file: str
    """Below the folder that it was imported from: `server/rpc.py`."""
    function: str
    """Qualified: `Server.run`, `main.<locals>.handle`, `<module>`."""
    names: frozenset[Name]


class Learned(Struct, frozen=True, kw_only=True):
    """A policy of guard, as far as fix needs it."""

    source: str
    """Its file, for people. Untrusted text."""
    places: tuple[Place, ...]
    anywhere: frozenset[Name] = frozenset()
    """What every load may ask for."""
    accepted: frozenset[str] = frozenset()
    """Names known to run code that somebody took on purpose, as `module:name`."""

    def named(self, loads: tuple[Load, ...]) -> Named:
        """What the loads may ask for; impossible where one of them was not learned."""
        names, impossible = set(self.anywhere), []
        for load in loads:
            own = [place for place in self.places if _is_of(place, load)]
            names |= {name for place in own for name in place.names}
            if not own:
                impossible.append(f"{self.source} has nothing for {load.qualname} at {at(load.site)}")
        again = sorted(names & LOADS_AGAIN)
        impossible += [f"{module}.{name}, which {self.source} has, unpickles by no list" for module, name in again]
        taken = sorted(name for name in names if ":".join(name) in self.accepted)
        guessed = tuple(f"{module}.{name}, which {self.source} accepts, can run code" for module, name in taken)
        return Named(names=frozenset(names), guessed=guessed, impossible=tuple(impossible))


class _Policy(Struct):
    """The fields of a policy that are read here."""

    gnomon_policy: int
    sites: tuple[Place, ...]
    anywhere: frozenset[Name]
    accepted: frozenset[str]
    digest: str


def learned(text: bytes | str, source: str) -> Learned:
    """The names in a policy's JSON. Raises GnomonError if it is none, or was edited since it was signed."""
    try:
        policy = msgspec.json.decode(text, type=_Policy)
        found = _digest(json.loads(text))
    except (ValueError, msgspec.DecodeError, RecursionError) as error:
        raise GnomonError(
            f"{source} is no policy of guard: {error}", remedy="gnomon guard learn -o FILE -- …"
        ) from error
    if policy.gnomon_policy != VERSION:
        raise GnomonError(f"{source} is a policy of version {policy.gnomon_policy}; fix reads version {VERSION}")
    if policy.digest != found:
        raise GnomonError(f"{source} was edited after it was signed.", remedy=f"gnomon guard review {source}")
    return Learned(source=source, places=policy.sites, anywhere=policy.anywhere, accepted=policy.accepted)


def _digest(table: dict[str, Any]) -> str:
    """SHA-256 over all that a policy says, as guard signs it."""
    signed = {key: value for key, value in table.items() if key != "digest"}
    canonical = json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def _is_of(place: Place, load: Load) -> bool:
    path = load.site.path
    same_file = path == place.file or path.endswith(f"/{place.file}")
    return same_file and place.function.replace(".<locals>", "") == load.qualname.replace(".<locals>", "")

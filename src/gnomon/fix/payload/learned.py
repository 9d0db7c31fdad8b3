"""Names that a program was seen to unpickle, by the place that loads them: what `gnomon guard learn` writes down."""

from msgspec import Struct

from gnomon.core.channel import Load
from gnomon.fix.payload.names import LOADS_AGAIN, Name, Named
from gnomon.fix.payload.wording import at


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
    accepted: frozenset[Name] = frozenset()
    """Names known to run code that somebody took on purpose."""

    def named(self, loads: tuple[Load, ...]) -> Named:
        """What the loads may ask for; impossible where one of them was not learned."""
        names, impossible = set(self.anywhere), []
        for load in loads:
            own = [place for place in self.places if _is_of(place, load)]
            names |= {name for place in own for name in place.names}
            if not own:
                impossible.append(
                    f"{self.source} has nothing for {load.qualname} ({at(load.site)}): it was not learned"
                )
        again = sorted(f"{module}.{name}" for module, name in names & LOADS_AGAIN)
        impossible += [f"{name} unpickles again, by no list" for name in again]
        taken = sorted(f"{module}.{name}" for module, name in names & self.accepted)
        guessed = tuple(f"{self.source} accepts {name}, which runs code" for name in taken)
        return Named(names=frozenset(names), guessed=guessed, impossible=tuple(impossible))


def _is_of(place: Place, load: Load) -> bool:
    path = load.site.path
    same_file = path == place.file or path.endswith(f"/{place.file}")
    return same_file and place.function.replace(".<locals>", "") == load.qualname.replace(".<locals>", "")

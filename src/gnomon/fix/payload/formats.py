"""What takes pickle's place, for each style that leaves sockets alone: the module that is written, and its use."""

from msgspec import Struct

from gnomon.core.channel import Channel
from gnomon.core.patch import Section, Style
from gnomon.core.shape import Shape
from gnomon.fix import messages
from gnomon.fix.expected import expected, guesses
from gnomon.fix.generated import restricted, signed
from gnomon.fix.limits import TypedStyle
from gnomon.fix.payload.learned import Learned
from gnomon.fix.payload.names import Named, of_dump, together
from gnomon.fix.sources import Sources


class Raised(Struct, frozen=True, kw_only=True):
    """What is raised for a message that is refused."""

    name: str
    module: str = ""
    """Where it is imported from; "" for a builtin, "." for the generated module itself."""
    kinds: frozenset[str] = frozenset()
    """Names of classes that it is a kind of."""
    more: tuple[str, ...] = ()
    """Builtins that are raised too."""


class Format(Struct, frozen=True, kw_only=True):
    """A generated module, and what the ends of a channel use of it."""

    sections: tuple[Section, ...] = ()
    tests: tuple[Section, ...] = ()
    loads: str = ""
    dumps: str = ""
    """"" if senders stay as they are."""
    signs: str = ""
    """Object that signs and verifies pickles that others make and load; style hmac alone."""
    types: tuple[tuple[Shape, str], ...] = ()
    """What a dump of a shape gives as its type, where the object's class does not tell it."""
    raised: Raised | None = None
    """None if pickle's own errors are raised."""
    guessed: tuple[str, ...] = ()
    impossible: tuple[str, ...] = ()
    afterwards: tuple[str, ...] = ()

    def as_type(self, shape: Shape) -> str:
        """Name of a shape's type in the module, "" if a dump needs none."""
        return next((name for each, name in self.types if each == shape), "")


class Home(Struct, frozen=True, kw_only=True):
    """Where a format's module goes, and what its channel is called in it."""

    path: str
    tests: str
    name: str = ""
    """What names end in, "" for the only channel of the module."""
    touched: frozenset[str] = frozenset()


_RAISED: dict[Style, Raised] = {
    "wire": Raised(name="Refused", module="gnomon.wire"),
    "msgspec": Raised(name="DecodeError", module="msgspec", more=("RecursionError",)),
    "json": Raised(name="ValueError", more=("RecursionError",)),
}
_NOT_KNOWN = (
    "what is sent is not known, and what is done with it does not tell its type, so that none can be declared for it"
)
_LEARN = (
    "run the program under `gnomon guard learn -o policy.json -- COMMAND`, and fix it with"
    " `--style restrict --policy policy.json`"
)
_TOGETHER = "Deploy both ends together: neither reads what the other's old version sends."


def formatted(style: Style, channel: Channel, home: Home, sources: Sources, learned: Learned | None) -> Format:
    """The format of a style. Raises KeyError for a style that is none of this recipe."""
    match style:
        case "hmac":
            return _signed(home)
        case "restrict":
            return _restricted(channel, home, sources, learned)
        case "wire" | "msgspec" | "json":
            return _typed(style, channel, home, sources)
    raise KeyError(style)


def _signed(home: Home) -> Format:
    purpose = home.name.replace("_", "-") or home.path.rpartition("/")[0].replace("/", "-") or "messages"
    ending = f"_{home.name}" if home.name else ""
    return Format(
        sections=signed.sections(home.path, home.name, purpose),
        loads=f"loads{ending}",
        dumps=f"dumps{ending}",
        signs=signed.pickles(home.name),
        raised=Raised(name=signed.ERROR, module=".", kinds=frozenset({"ValueError"})),
        afterwards=(
            f"Make a key with `{signed.MAKE_A_KEY}`.",
            f"Set {signed.VARIABLE} to it on every host of both ends, or {signed.VARIABLE}_FILE to a file that has it.",
            _TOGETHER,
            "Whoever has the key can still run code: plan to send typed messages (`--style wire` or `msgspec`).",
        ),
    )


def _restricted(channel: Channel, home: Home, sources: Sources, learned: Learned | None) -> Format:
    found = learned.named(channel.loads) if learned is not None else _sent(channel, sources)
    ending = f"_{home.name}" if home.name else ""
    unsure = learned is None and bool(found.guessed)
    return Format(
        sections=restricted.sections(home.path, home.name, found.names),
        loads=f"loads{ending}",
        guessed=found.guessed,
        impossible=found.impossible,
        afterwards=(
            "Run what sends every kind of message: a name that is not listed is refused with pickle.UnpicklingError.",
            *([f"Where the code does not say what is sent, the list may be too short: {_LEARN}."] if unsure else ()),
        ),
    )


def _sent(channel: Channel, sources: Sources) -> Named:
    """Names from the shapes of what is sent."""
    dumps = expected(channel)
    if not dumps:
        return Named(impossible=(f"what is sent is not known: {_LEARN}",))
    return together(*(of_dump(dump, sources) for dump in dumps), Named(guessed=tuple(guesses(dumps, channel))))


def _typed(style: TypedStyle, channel: Channel, home: Home, sources: Sources) -> Format:
    dumps = expected(channel)
    if not dumps:
        return Format(impossible=(_NOT_KNOWN,))
    place = messages.Place(path=home.path, tests=home.tests, sources=sources, touched=home.touched)
    made = messages.module(style, home.name, dumps, place, payload=True)
    guessed = tuple(guesses(dumps, channel))
    return Format(
        sections=made.sections,
        tests=made.tests,
        loads=made.loads,
        dumps=made.dumps,
        types=made.types,
        raised=_RAISED[style],
        guessed=(*guessed, *made.why),
        impossible=(*made.impossible, *guessed) if made.impossible else (),
        afterwards=(*_NEEDED[style], _TOGETHER),
    )


_NEEDED: dict[Style, tuple[str, ...]] = {
    "wire": (
        "Add `gnomon[wire]` to the dependencies of both ends.",
        "Make a key with `gnomon keys new --folder keys`, and set GNOMON_KEYS to what is in its file on every host.",
        "A program that starts others has no GNOMON_KEYS to hand on: give `Messages` its keys, from a folder.",
    ),
    "msgspec": (
        "Add `msgspec` to the dependencies of both ends.",
        "Whoever reaches the socket can still send well-formed messages: authenticate the connection too.",
    ),
    "json": ("Whoever reaches the socket can still send well-formed messages: authenticate the connection too.",),
}

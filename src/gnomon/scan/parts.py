"""What one way through a receiver's code tells of a loaded object and of its parts."""

from msgspec import Struct

from gnomon.core.shape import Shape


class Told(Struct, frozen=True):
    """A shape that a use says a part has, and the clause that tells it."""

    shape: Shape
    why: str
    """What is done with the part, and where: a clause without its subject. Untrusted text."""


class Part:
    """A loaded object or something in it, as used on one way. Filled in while that way is walked."""

    __slots__ = (
        "attributes",
        "compared",
        "denied",
        "element",
        "gone",
        "items",
        "keys",
        "label",
        "length",
        "needed",
        "noted",
        "over",
        "told",
        "weak",
    )

    def __init__(self, label: str = "") -> None:
        self.label = label
        """What a reader calls it: `"op"` for what is under that key; empty for the whole."""
        self.told: list[Told] = []
        """By checks, annotations and what takes it: anything else would fail there."""
        self.weak: list[Told] = []
        """By operators and methods that other types may have, too."""
        self.compared: list[Told] = []
        """By constants that it is held against: says nothing where something else is done with it as well."""
        self.keys: dict[str, Part] = {}
        self.needed: set[str] = set()
        """Keys that are read without asking whether they are there."""
        self.items: dict[int, Part] = {}
        self.length: int | None = None
        self.element: Part | None = None
        self.attributes: dict[str, Part] = {}
        self.noted = ""
        """Place of the first key, unpacking, iteration or attribute that is sure to be read."""
        self.gone = ""
        """Where it goes that is not followed: a clause without its subject."""
        self.denied = False
        """True if a check on this way has shown it not to be what other ways take it for."""
        self.over: dict[str, Part] = {}
        """What is put under keys by the receiver itself."""

    @property
    def dropped(self) -> bool:
        """True if a check has shown it not to be what other ways take it for, and nothing else was done with it."""
        return self.denied and not (self.told or self.weak or self.compared or self.noted or self.gone)

    def under(self, key: str) -> "Part":
        """What is under a key."""
        return self.keys.setdefault(key, Part(f'{self.label} "{key}"'.strip()))

    def at(self, index: int) -> "Part":
        """An item of a tuple or list."""
        return self.items.setdefault(index, Part(f"{self.label} item {index}".strip()))

    def member(self, name: str) -> "Part":
        """An attribute."""
        return self.attributes.setdefault(name, Part(f"{self.label} .{name}".strip()))

    def each(self) -> "Part":
        """What an iteration takes from it."""
        if self.element is None:
            self.element = Part(f"{self.label} elements".strip())
        return self.element

    def copied(self, known: "dict[int, Part]") -> "Part":
        """The part for a way of its own; `known` has what was copied before, by identity."""
        if id(self) in known:
            return known[id(self)]
        made = known[id(self)] = Part(self.label)
        for name in ("length", "noted", "gone", "denied"):
            setattr(made, name, getattr(self, name))
        for name in ("told", "weak", "compared"):
            setattr(made, name, list(getattr(self, name)))
        made.needed = set(self.needed)
        for name in ("keys", "items", "attributes", "over"):
            setattr(made, name, {key: part.copied(known) for key, part in getattr(self, name).items()})
        made.element = self.element.copied(known) if self.element is not None else None
        return made

    def key(self) -> tuple[object, ...]:
        """Equal for parts of which the same is told."""
        inner = (
            tuple((name, part.key()) for name, part in getattr(self, field).items())
            for field in ("keys", "items", "attributes")
        )
        told = (tuple(self.told), tuple(self.weak), tuple(self.compared))
        rest = (self.length, bool(self.noted), self.gone, self.denied, frozenset(self.needed), frozenset(self.over))
        return *inner, told, rest, self.element.key() if self.element is not None else None


class Way:
    """One way through a function: what its names mean, and what it tells of the loaded object."""

    __slots__ = ("names", "root")

    def __init__(self, root: Part | None, names: dict[str, Part]) -> None:
        self.root = root
        """None until the load is reached."""
        self.names = names

    def copied(self) -> "Way":
        """A way of its own, so far the same."""
        known: dict[int, Part] = {}
        root = self.root.copied(known) if self.root is not None else None
        return Way(root, {name: part.copied(known) for name, part in self.names.items()})

    def key(self) -> object:
        """Equal for ways that go on alike."""
        named = tuple((name, part.label) for name, part in sorted(self.names.items()))
        return named, self.root.key() if self.root is not None else None

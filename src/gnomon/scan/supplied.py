"""What is sent, with the parts that are not known supplied by what the receiver takes them for."""

from msgspec.structs import replace

from gnomon.core.merging import merged
from gnomon.core.shape import Either, Keyed, Mapping, Plain, Row, Sequence, Shape, Unknown, unknowns
from gnomon.scan.readings import Reading, met

_TEXT = Plain("str")
MAX_TOLD = 4
"""Uses that are named for one message."""


class Supplied:
    """One shape that is sent, held against how it is used."""

    def __init__(self, sent: Shape, used: Reading) -> None:
        self._whys = used.whys
        self._labels: dict[str, None] = {}
        self.shape = self._filled(sent, used.shape, "")
        """As sent; Unknown parts are those of the use, where that tells them for all ways and contradicts nothing. What
        is within a message is supplied only if nothing of it is unknown then."""

    @property
    def because(self) -> tuple[str, ...]:
        """The uses behind what was supplied, with their places; none if nothing was."""
        if "" in self._labels:
            return self._whys[:MAX_TOLD]
        starts = tuple(f"its {label} " for label in self._labels)
        return tuple(why for why in self._whys if why.startswith(starts))[:MAX_TOLD] if starts else ()

    def _filled(self, sent: Shape, used: Shape, label: str) -> Shape:
        if not unknowns(sent) or isinstance(used, Unknown):
            return sent
        told = _alternatives(used)
        match sent:
            case Unknown():
                return self._unknown(sent, used, (), label)
            case Either():
                known = [each for each in sent.shapes if not isinstance(each, Unknown)]
                rest = [each for each in sent.shapes if isinstance(each, Unknown)]
                made = [self._filled(each, used, label) for each in known]
                return merged([*made, *(self._unknown(each, used, tuple(known), label) for each in rest)])
            case Keyed():
                return self._keyed(sent, _one(told, Keyed, Mapping), label)
            case Mapping():
                return self._mapping(sent, _one(told, Keyed, Mapping), label)
            case Sequence():
                return self._sequence(sent, _one(told, Sequence, Row), label)
            case Row():
                return self._row(sent, _one(told, Sequence, Row), label)
            case _:
                return sent

    def _unknown(self, sent: Unknown, used: Shape, beside: tuple[Shape, ...], label: str) -> Shape:
        """What it is used as, unless some ways say nothing of it, or what is sent beside it disagrees."""
        told = _alternatives(used)
        if any(isinstance(each, Unknown) for each in told) or not told or (label and unknowns(used)):
            return sent
        if any(all(met(each, other) is None for other in told) for each in beside):
            why = self._whys[0] if self._whys else "its use"
            return replace(sent, why=f"{sent.why}, and how it is used contradicts what else is sent: {why}")
        self._labels[label] = None
        return used

    def _keyed(self, sent: Keyed, used: Shape | None, label: str) -> Shape:
        theirs = dict(used.fields) if isinstance(used, Keyed) else {}
        fields = []
        for name, shape in sent.fields:
            other = used.value if isinstance(used, Mapping) else theirs.get(name)
            inner = f'{label} "{name}"'.strip()
            fields.append((name, self._filled(shape, other, inner) if other is not None else shape))
        return replace(sent, fields=tuple(fields))

    def _mapping(self, sent: Mapping, used: Shape | None, label: str) -> Shape:
        """A dictionary of anything has the keys that are read, where no others are."""
        exact = isinstance(used, Keyed) and len(unknowns(used)) <= (0 if label else len(unknowns(sent)))
        if exact and isinstance(sent.value, Unknown) and met(sent.key, _TEXT) is not None:
            self._labels[label] = None
            return used or sent
        if isinstance(used, Mapping):
            key = self._filled(sent.key, used.key, label)
            return Mapping(key=key, value=self._filled(sent.value, used.value, label))
        if isinstance(used, Keyed):
            return replace(sent, key=self._filled(sent.key, _TEXT, label))
        return sent

    def _sequence(self, sent: Sequence, used: Shape | None, label: str) -> Shape:
        inner = f"{label} elements".strip()
        exact = isinstance(used, Row) and not (label and unknowns(used))
        if exact and sent.kind == "tuple" and isinstance(sent.element, Unknown):
            self._labels[label] = None
            return used or sent
        other = used.element if isinstance(used, Sequence) else merged(used.items) if isinstance(used, Row) else None
        return replace(sent, element=self._filled(sent.element, other, inner)) if other is not None else sent

    def _row(self, sent: Row, used: Shape | None, label: str) -> Shape:
        if isinstance(used, Row) and len(used.items) == len(sent.items):
            others: list[Shape] = list(used.items)
        elif isinstance(used, Sequence):
            others = [used.element] * len(sent.items)
        else:
            return sent
        pairs = enumerate(zip(sent.items, others, strict=True))
        return Row(items=tuple(self._filled(one, other, f"{label} item {n}".strip()) for n, (one, other) in pairs))


def _alternatives(shape: Shape) -> tuple[Shape, ...]:
    return shape.shapes if isinstance(shape, Either) else (shape,)


def _one(told: tuple[Shape, ...], *kinds: type[Shape]) -> Shape | None:
    """The one alternative of these kinds; None if there is none, or several."""
    found = [each for each in told if isinstance(each, kinds)]
    return found[0] if len(found) == 1 else None

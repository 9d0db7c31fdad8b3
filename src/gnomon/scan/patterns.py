"""What the patterns of a `match` tell of a loaded object, where they fit and where they do not."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gnomon.core.shape import Plain, Shape
from gnomon.scan.conditions import NONE, short
from gnomon.scan.parts import Part, Told, Way

if TYPE_CHECKING:
    from gnomon.scan.conditions import Conditions


class Patterns:
    """Splits ways by patterns."""

    def __init__(self, conditions: "Conditions") -> None:
        self.conditions = conditions
        self.looks = conditions.looks

    def matched(self, pattern: ast.pattern, part: Part | None, way: Way) -> Iterator[tuple[Way, bool]]:
        """The ways on which a pattern fits, and those on which it does not, which come second."""
        if isinstance(pattern, ast.MatchOr):
            for inner in pattern.patterns:
                one = way.copied()
                self._fits(inner, _again(one, part, way), one)
                yield one, True
            if part is not None:
                part.denied = True
            yield way, False
            return
        if _always(pattern):
            self._fits(pattern, part, way)
            yield way, True
            return
        one = way.copied()
        self._fits(pattern, _again(one, part, way), one)
        yield one, True
        if part is not None:
            part.denied = True
            if isinstance(pattern, ast.MatchValue):
                shape = self.conditions.constant(pattern.value)
                part.compared += [Told(shape, f"is matched with it ({self.looks.place(pattern)})")] if shape else []
        yield way, False

    def _fits(self, pattern: ast.pattern, part: Part | None, way: Way) -> None:
        """What is so where the pattern fits."""
        match pattern:
            case ast.MatchAs():
                if pattern.pattern is not None:
                    self._fits(pattern.pattern, part, way)
                if pattern.name is not None:
                    self.looks.bound(pattern.name, part, way)
            case ast.MatchClass():
                self._fits_class(pattern, part, way)
            case ast.MatchMapping():
                self._fits_mapping(pattern, part, way)
            case ast.MatchSequence():
                self._fits_sequence(pattern, part, way)
            case ast.MatchStar(name=str(name)):
                way.names.pop(name, None)
            case _ if part is not None:
                self._fits_constant(pattern, part)

    def _fits_constant(self, pattern: ast.pattern, part: Part) -> None:
        where = self.looks.place(pattern)
        shape: Shape | None = None
        if isinstance(pattern, ast.MatchValue):
            shape = self.conditions.constant(pattern.value)
        elif isinstance(pattern, ast.MatchSingleton):
            shape = NONE if pattern.value is None else Plain("bool")
        if shape is not None:
            part.told.append(Told(shape, f"is matched with a constant ({where})"))
        elif isinstance(pattern, ast.MatchOr):
            part.gone = f"is matched with several patterns ({where})"

    def _fits_class(self, pattern: ast.MatchClass, part: Part | None, way: Way) -> None:
        if part is not None:
            shape = self.looks.classes(pattern.cls)
            part.told.append(Told(shape, f"is matched with `{short(pattern.cls)}` ({self.looks.place(pattern)})"))
        for name, inner in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
            self._fits(inner, part.member(name) if part is not None else None, way)
        for inner in pattern.patterns:
            self._fits(inner, None, way)

    def _fits_sequence(self, pattern: ast.MatchSequence, part: Part | None, way: Way) -> None:
        exact = not any(isinstance(inner, ast.MatchStar) for inner in pattern.patterns)
        if part is not None and exact:
            part.length, part.noted = len(pattern.patterns), part.noted or self.looks.place(pattern)
        for index, inner in enumerate(pattern.patterns):
            self._fits(inner, part.at(index) if part is not None and exact else None, way)

    def _fits_mapping(self, pattern: ast.MatchMapping, part: Part | None, way: Way) -> None:
        for key, inner in zip(pattern.keys, pattern.patterns, strict=True):
            name = self.looks.text(key)
            found = self.looks.key(part, name, pattern, needed=True) if part is not None and name is not None else None
            self._fits(inner, found, way)
        if pattern.rest is not None and part is not None:
            part.gone = f"has all its keys taken ({self.looks.place(pattern)})"
            way.names.pop(pattern.rest, None)


def _again(copy: Way, part: Part | None, way: Way) -> Part | None:
    """The part of a copied way that stands where `part` does in the way it was copied from."""
    if part is None or way.root is None or copy.root is None:
        return None
    return _same(way.root, copy.root, part) or next(
        (found for name in way.names if (found := _same(way.names[name], copy.names[name], part)) is not None), None
    )


def _same(here: Part, there: Part, wanted: Part) -> Part | None:
    if here is wanted:
        return there
    for field in ("keys", "items", "attributes", "over"):
        for name, inner in getattr(here, field).items():
            found = _same(inner, getattr(there, field)[name], wanted)
            if found is not None:
                return found
    if here.element is not None and there.element is not None:
        return _same(here.element, there.element, wanted)
    return None


def _always(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None

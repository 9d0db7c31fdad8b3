"""Values of declared types, as code for generated tests."""

from collections.abc import Callable

from gnomon.core.shape import (
    Array,
    Either,
    Failure,
    Keyed,
    Mapping,
    Plain,
    Record,
    Row,
    Sequence,
    Shape,
    Standard,
    Unknown,
)
from gnomon.fix.limits import ANYTHING
from gnomon.fix.text import quoted

_PLAIN = {"str": '"text"', "int": "7", "float": "0.5", "bool": "True", "None": "None", "bytes": 'b"bytes"'}
_STANDARD = {
    "datetime.datetime": ("from datetime import datetime", "datetime(2024, 2, 29, 12, 30)"),
    "datetime.date": ("from datetime import date", "date(2024, 2, 29)"),
    "datetime.time": ("from datetime import time", "time(12, 30)"),
    "datetime.timedelta": ("from datetime import timedelta", "timedelta(seconds=90)"),
    "uuid.UUID": ("from uuid import UUID", "UUID(int=7)"),
    "decimal.Decimal": ("from decimal import Decimal", 'Decimal("1.50")'),
    "pathlib.Path": ("from pathlib import Path", 'Path("folder")'),
}


class Samples:
    """Writes values; `imports` are the lines that they need, `libraries` what a test skips without."""

    def __init__(self, named: Callable[[Record], tuple[str, str]]) -> None:
        self._named = named
        """(name, import line) of a record's class in the test module."""
        self.imports: dict[str, None] = {}
        self.libraries: dict[str, None] = {}
        self._open: set[tuple[str, str]] = set()

    def of(self, shape: Shape) -> str | None:
        """An expression; None if there is none, as for a class that only holds itself."""
        match shape:
            case Plain():
                return _PLAIN[shape.type]
            case Standard():
                line, code = _STANDARD[shape.type]
                self.imports[line] = None
                return code
            case Unknown(declared=declared):
                return '"text"' if declared in ("", *ANYTHING) else None
            case Failure():
                return 'ValueError("text")'
            case Array():
                self.libraries[shape.library] = None
                return f"{shape.library}.ones((2, 3))"
            case Record():
                return self._record(shape)
            case Keyed():
                return self._dictionary(shape)
            case Mapping():
                key, value = self.of(shape.key), self.of(shape.value)
                return "{}" if key is None or value is None else f"{{{key}: {value}}}"
            case Sequence():
                return self._sequence(shape)
            case Row():
                items = [self.of(item) for item in shape.items]
                known = [item for item in items if item is not None]
                comma = "," if len(known) == 1 else ""
                return f"({', '.join(known)}{comma})" if len(known) == len(items) else None
            case Either():
                return next((made for each in shape.shapes if (made := self.of(each)) is not None), '"text"')

    def _dictionary(self, shape: Keyed) -> str | None:
        entries = [(key, self.of(inner)) for key, inner in shape.fields]
        if any(made is None and key not in shape.optional for key, made in entries):
            return None
        return f"{{{', '.join(f'{quoted(key)}: {made}' for key, made in entries if made is not None)}}}"

    def _sequence(self, shape: Sequence) -> str:
        made = self.of(shape.element)
        match shape.kind:
            case "list":
                return f"[{made or ''}]"
            case "tuple":
                return f"({made},)" if made else "()"
            case "set":
                return f"{{{made}}}" if made else "set()"
            case "frozenset":
                return f"frozenset({{{made}}})" if made else "frozenset()"

    def _record(self, shape: Record) -> str | None:
        key = (shape.site.path, shape.qualname)
        if key in self._open:
            return None
        if shape.kind == "enum" and not shape.fields:
            return None
        self._open.add(key)
        try:
            fields = [(name, self.of(inner)) for name, inner in shape.fields] if shape.kind != "enum" else []
        finally:
            self._open.discard(key)
        if any(made is None for _, made in fields):
            return None
        name, line = self._named(shape)
        self.imports[line] = None
        if shape.kind == "enum":
            return f"{name}.{shape.fields[0][0]}"
        return f"{name}({', '.join(f'{field}={made}' for field, made in fields)})"

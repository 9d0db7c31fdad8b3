"""Functions of a generated module that make JSON of declared values, and values of JSON, checking each."""

from collections.abc import Iterable

from gnomon.core.merging import NOTHING
from gnomon.core.shape import (
    Either,
    Keyed,
    Mapping,
    Plain,
    Record,
    Row,
    Sequence,
    Shape,
    within,
)
from gnomon.fix.declarations import Declarations
from gnomon.fix.naming import Names, camel, words
from gnomon.fix.text import call, quoted, wrapped

_CHECKS = {"str": "text", "int": "whole", "float": "number", "bool": "truth", "None": "nothing"}
_HELPERS = (
    *(
        "refuse",
        "optional",
        "text",
        "whole",
        "number",
        "truth",
        "nothing",
        "simple",
        "octets",
        "octets_of",
        "items",
        "row",
    ),
    *("sized", "entries", "fields", "plain", "encoded", "decoded", "dumps", "loads", "json", "b64decode", "b64encode"),
)


class Converters:
    """Writes a pair of functions for each type that needs one."""

    def __init__(self, declarations: Declarations, shapes: Iterable[Shape]) -> None:
        self.declarations = declarations
        self.definitions: list[str] = []
        self._names = Names(_HELPERS)
        self._known: dict[object, tuple[str, str]] = {}
        self._whole: dict[tuple[str, str], Record] = {}
        """The records with their fields: within themselves they have none."""
        for shape in shapes:
            for each in within(shape):
                if isinstance(each, Record) and (each.fields or _key(each) not in self._whole):
                    self._whole[_key(each)] = each

    def functions(self, shape: Shape, word: str) -> tuple[str, str]:
        """Names of the functions that write and read a value of this shape."""
        pair = (self.out(shape, "value", word), self.into(shape, "value", word))
        names = [each.removesuffix("(value)") for each in pair]
        if all(each != name and name.isidentifier() for each, name in zip(pair, names, strict=True)):
            return names[0], names[1]
        write, read = self._pair(shape, word)
        annotation = self.declarations.annotation(shape, camel(word) or "Message")
        self._define(f"{write}(value: object) -> object", [wrapped("return ", pair[0])])
        self._define(f"{read}(value: object) -> {annotation}", [wrapped("return ", pair[1])])
        return write, read

    def out(self, shape: Shape, value: str, word: str, depth: int = 0) -> str:
        """An expression of JSON, of the expression of a value."""
        return self._expression(shape, value, word, depth, writing=True)

    def into(self, shape: Shape, value: str, word: str, depth: int = 0) -> str:
        """An expression of a value, of the expression of JSON."""
        return self._expression(shape, value, word, depth, writing=False)

    def _expression(self, shape: Shape, value: str, word: str, depth: int, *, writing: bool) -> str:
        each = f"each{depth or ''}"
        match shape:
            case Plain(type="bytes"):
                return f"octets({value})" if writing else f"octets_of({value})"
            case Plain():
                return f"{_CHECKS[shape.type]}({value})"
            case Sequence():
                inner = self._expression(shape.element, each, word, depth + 1, writing=writing)
                if shape.kind == "tuple" and not writing:
                    return f"tuple({inner} for {each} in items({value}))"
                return f"[{inner} for {each} in {'row' if shape.kind == 'tuple' else 'items'}({value})]"
            case Mapping():
                inner = self._expression(shape.value, each, word, depth + 1, writing=writing)
                at = f"at{depth or ''}"
                key = self._key_of(shape.key, at, writing=writing)
                return f"{{{key}: {inner} for {at}, {each} in entries({value}).items()}}"
            case Either() if shape != NOTHING:
                return self._either(shape, value, word, depth, writing=writing)
            case Keyed() | Record() | Row():
                return f"{self._function(shape, word)[0 if writing else 1]}({value})"
            case _:
                return f"plain({value})"

    def _key_of(self, key: Shape, name: str, *, writing: bool) -> str:
        if key == Plain("int"):
            return f"str(whole({name}))" if writing else f"int(text({name}))"
        return f"text({name})"

    def _either(self, shape: Either, value: str, word: str, depth: int, *, writing: bool) -> str:
        found = self.declarations.alternatives(shape)
        rest = [each for each in found if each != Plain("None")]
        if any(self.declarations.annotation(each, word) == "Any" for each in rest):
            return f"plain({value})"
        if len(rest) == 1 and len(found) == 1:
            return self._expression(rest[0], value, word, depth, writing=writing)
        if len(rest) == 1:
            return f"optional({value}, {self.functions(rest[0], word)[0 if writing else 1]})"
        kinds: list[str] = [each.type for each in rest if isinstance(each, Plain) and each.type != "bytes"]
        if len(kinds) == len(rest):
            if len(rest) < len(found):
                self.declarations.imports["from types import NoneType"] = None
                kinds.append("NoneType")
            return f"simple({value}, {', '.join(kinds)})"
        return f"{self._function(Either(shapes=found), word)[0 if writing else 1]}({value})"

    def _pair(self, shape: Shape, word: str) -> tuple[str, str]:
        name = "_".join(words(word)) or "message"
        key = _key(shape) if isinstance(shape, Record) else shape
        if key not in self._known:
            self._known[key] = (self._names.free(f"{name}_to_json"), self._names.free(f"{name}_of_json"))
        return self._known[key]

    def _function(self, shape: Shape, word: str) -> tuple[str, str]:
        """Names of the functions for what is made of parts, which are written when they are first asked for."""
        key: object = _key(shape) if isinstance(shape, Record) else shape
        if key in self._known:
            return self._known[key]
        word = shape.qualname if isinstance(shape, Record) else word
        annotation = self.declarations.annotation(shape, camel(word) or "Message")
        write, read = self._pair(shape, annotation if isinstance(shape, Keyed) else word)
        match shape:
            case Record(kind="enum"):
                self._enum(write, read, annotation)
            case Record(kind="typeddict") | Keyed():
                whole = self._whole[_key(shape)] if isinstance(shape, Record) else shape
                optional = whole.optional if isinstance(whole, Keyed) else ()
                self._dictionary(write, read, annotation, whole.fields, optional)
            case Record():
                self._record(write, read, annotation, self._whole[_key(shape)].fields)
            case Row():
                self._row(write, read, annotation, shape, word)
            case Either():
                self._choice(write, read, annotation, shape.shapes, word)
        return write, read

    def _enum(self, write: str, read: str, annotation: str) -> None:
        self._define(
            f"{write}(value: object) -> str",
            [
                f"if type(value) is not {annotation}:",
                f'    refuse(value, "a member of {annotation}")',
                "return value.name",
            ],
        )
        lines = [f"if text(value) not in {annotation}.__members__:"]
        lines += [f'    refuse(value, "the name of a member of {annotation}")', f"return {annotation}[text(value)]"]
        self._define(f"{read}(value: object) -> {annotation}", lines)

    def _record(self, write: str, read: str, annotation: str, fields: tuple[tuple[str, Shape], ...]) -> None:
        lines = [f"if type(value) is not {annotation}:", f'    refuse(value, "a {annotation}")']
        entries = [f"{quoted(name)}: {self.out(shape, f'value.{name}', name)}" for name, shape in fields]
        self._define(f"{write}(value: object) -> dict[str, object]", [*lines, call("return {", entries, "}")])
        names = ", ".join(quoted(name) for name, _ in fields)
        given = [f"{name}={self.into(shape, f'given[{quoted(name)}]', name)}" for name, shape in fields]
        lines = [
            call("given = fields(", ["value", f"{{{names}}}" if names else "set()"]),
            call(f"return {annotation}(", given),
        ]
        self._define(f"{read}(value: object) -> {annotation}", lines)

    def _dictionary(
        self, write: str, read: str, annotation: str, fields: tuple[tuple[str, Shape], ...], optional: tuple[str, ...]
    ) -> None:
        required = ", ".join(quoted(name) for name, _ in fields if name not in optional)
        arguments = ["value", f"{{{required}}}" if required else "set()"]
        arguments += [f"{{{', '.join(quoted(name) for name in optional)}}}"] if optional else []
        for name, title, writing in ((write, "dict[str, object]", True), (read, annotation, False)):
            parts = {
                key: self._expression(shape, f"given[{quoted(key)}]", key, 0, writing=writing) for key, shape in fields
            }
            sure = [f"{quoted(key)}: {made}" for key, made in parts.items() if key not in optional]
            lines = [call("given = fields(", arguments), call(f"made: {title} = {{", sure, "}")]
            for key in optional:
                stored = wrapped(f"    made[{quoted(key)}] = ", parts[key])
                lines += [f"if {quoted(key)} in given:", stored]
            self._define(f"{name}(value: object) -> {title}", [*lines, "return made"])

    def _row(self, write: str, read: str, annotation: str, shape: Row, word: str) -> None:
        size = len(shape.items)
        for name, title, check, writing in (
            (write, "list[object]", "row", True),
            (read, annotation, "sized", False),
        ):
            parts = [
                self._expression(item, f"given[{at}]", f"{word}_{at}", 0, writing=writing)
                for at, item in enumerate(shape.items)
            ]
            ends = ("[", "]") if writing else ("(", ",)" if size == 1 else ")")
            lines = [f"given = {check}(value, {size})", call(f"return {ends[0]}", parts, ends[1])]
            self._define(
                f"{name}(value: object) -> {title}",
                lines if size else [f"{check}(value, 0)", f"return {ends[0]}{ends[1]}"],
            )

    def _choice(self, write: str, read: str, annotation: str, shapes: tuple[Shape, ...], word: str) -> None:
        """A value beside the name of its type."""
        named = [(self.declarations.annotation(each, camel(word) or "Message"), each) for each in shapes]
        writing: list[str] = []
        reading = ['given = fields(value, {"type", "value"})', 'match given["type"]:']
        for name, each in named:
            kind = name.partition("[")[0] if not isinstance(each, Keyed) else "dict"
            test = "value is None" if name == "None" else f"type(value) is {kind}"
            writing.append(f"if {test}:")
            writing.append(f'    return {{"type": {quoted(name)}, "value": {self.out(each, "value", word)}}}')
            reading.append(f"    case {quoted(name)}:")
            reading.append(f"        return {self.into(each, 'given[' + quoted('value') + ']', word)}")
        reading += ["    case _:", f"        refuse(value, {quoted(annotation)})"]
        self._define(f"{write}(value: object) -> dict[str, object]", [*writing, f"refuse(value, {quoted(annotation)})"])
        self._define(f"{read}(value: object) -> {annotation}", reading)

    def _define(self, head: str, lines: list[str]) -> None:
        text = "\n".join(f"    {line}" for block in lines for line in block.splitlines())
        said = "JSON of such a value." if "_to_json" in head.partition("(")[0] else "The value of such JSON."
        self.definitions.append(f'def {head}:\n    """{said}"""\n{text}')


def _key(shape: Record) -> tuple[str, str]:
    return shape.site.path, shape.qualname

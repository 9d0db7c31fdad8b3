"""Text of a module that sends messages as JSON, by the standard library alone."""

from gnomon.core.patch import Section
from gnomon.fix.converters import Converters
from gnomon.fix.declarations import Declarations
from gnomon.fix.typed_messages import alias
from gnomon.fix.types import Type, Types, union_of

SUMMARY = "Messages as JSON: what arrives is data of these types, or refused."

_CHECKS = '''T = TypeVar("T")


def refuse(value: object, wanted: str) -> NoReturn:
    """Raise ValueError for a value that is not what it is declared to be."""
    raise ValueError(f"{type(value).__qualname__} where {wanted} is due")


def optional(value: object, convert: Callable[[object], T]) -> T | None:
    """None as it is, and anything else converted."""
    return None if value is None else convert(value)


def text(value: object) -> str:
    """The value, if it is a text."""
    return value if type(value) is str else refuse(value, "a text")


def whole(value: object) -> int:
    """The value, if it is a whole number."""
    return value if type(value) is int else refuse(value, "a whole number")


def number(value: object) -> float:
    """The value as a float, if it is a number."""
    return value if type(value) is float else float(whole(value))


def truth(value: object) -> bool:
    """The value, if it is a truth value."""
    return value if type(value) is bool else refuse(value, "a truth value")


def nothing(value: object) -> None:
    """None, if that is what the value is."""
    if value is not None:
        refuse(value, "None")


def simple(value: object, *kinds: type) -> Any:
    """The value, if it is of one of the kinds."""
    return value if type(value) in kinds else refuse(value, "a plain value")


def octets(value: object) -> str:
    """Bytes as a text in Base64."""
    return b64encode(value).decode() if type(value) is bytes else refuse(value, "bytes")


def octets_of(value: object) -> bytes:
    """The bytes of such a text."""
    return b64decode(text(value), validate=True)


def items(value: object) -> list[Any]:
    """The value, if it is a list."""
    return value if type(value) is list else refuse(value, "a list")


def row(value: object, size: int = -1) -> list[Any]:
    """What is in a tuple: so many items, if `size` says so."""
    if type(value) is not tuple or size not in (-1, len(value)):
        refuse(value, "a tuple")
    return list(value)


def sized(value: object, size: int) -> list[Any]:
    """The value, if it is a list of so many items."""
    return items(value) if len(items(value)) == size else refuse(value, f"{size} items")


def entries(value: object) -> dict[Any, Any]:
    """The value, if it is a dictionary."""
    return value if type(value) is dict else refuse(value, "a dictionary")


def fields(
    value: object, required: set[str], optional: set[str] | None = None
) -> dict[str, Any]:
    """The value, if it is a dictionary with these keys and no others."""
    given = entries(value)
    if not required <= given.keys() or given.keys() - required - (optional or set()):
        refuse(value, f"a dictionary with the keys {sorted(required)}")
    return given


def plain(value: object) -> Any:
    """The value, if JSON gives it back as it is: tuples and bytes are none such."""
    if type(value) is list:
        return [plain(each) for each in value]
    if type(value) is dict:
        return {text(key): plain(each) for key, each in value.items()}
    return value if value is None else simple(value, str, int, float, bool)


def encoded(value: object) -> bytes:
    """JSON. Raises ValueError for numbers that it has not, as NaN."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode()


def decoded(data: bytes) -> object:
    """What JSON says. Raises ValueError for what is none, or nested too deep."""
    try:
        return json.loads(data, parse_constant=lambda name: refuse(name, "a number"))
    except RecursionError as error:
        raise ValueError("the message is nested too deep") from error'''

_IMPORTS = (
    "import json",
    "from base64 import b64decode, b64encode",
    "from collections.abc import Callable",
    "from typing import Any, NoReturn, TypeVar",
)

_ONE = '''def {dumps}(message: {whole}) -> bytes:
    """The message as JSON. Raises ValueError for one of another type."""
    return encoded({out}(message))


def {loads}(data: bytes) -> {whole}:
    """The message that was sent. Raises ValueError for anything else.

    How large a message may be is for the socket to say, as with zmq.MAXMSGSIZE.
    """
    return {into}(decoded(data))'''

_SEVERAL = '''{writers}
{readers}


def {dumps}(message: {whole}, as_type: object = None) -> bytes:
    """The message, beside the name of its type, as JSON.

    `as_type` names the type where the class of the message does not tell it. Raises
    ValueError for a message of another type.
    """
    known = {table}_WRITERS.get(type(message) if as_type is None else as_type)
    if known is None:
        refuse(message, "a message")
    name, write = known
    return encoded({{"type": name, "value": write(message)}})


def {loads}(data: bytes) -> {whole}:
    """The message that was sent. Raises ValueError for anything else.

    How large a message may be is for the socket to say, as with zmq.MAXMSGSIZE.
    """
    given = fields(decoded(data), {{"type", "value"}})
    read = {table}_READERS.get(text(given["type"]))
    if read is None:
        refuse(given["type"], "the name of a type")
    message: {whole} = read(given["value"])
    return message'''


def body(declarations: Declarations, types: Types, name: str) -> str:
    """The classes, what checks and builds them, and `dumps` and `loads`."""
    converters = Converters(declarations, [each.shape for each in types.all])
    functions = [converters.functions(each.shape, _word(each)) for each in types.all]
    ending, table = (f"_{name}", f"_{name.upper()}") if name else ("", "")
    whole = union_of(each.annotation for each in types.all)
    aliases = list(types.aliases)
    if len(whole) + len(ending) > 30:
        declarations.imports["from typing import TypeAlias"] = None
        made = declarations.names.free(f"{declarations.suffix}Message")
        aliases.append(alias(made, [each.annotation for each in types.all]))
        whole = made
    values = {"dumps": f"dumps{ending}", "loads": f"loads{ending}", "whole": whole, "table": table}
    if len(types.all) == 1:
        out, into = functions[0]
        ends = _ONE.format(**values, out=out, into=into)
    else:
        declarations.imports["from collections.abc import Callable"] = None
        declarations.imports["from typing import Any"] = None
        rows = list(zip(types.all, functions, strict=True))
        writers = [f'    {each.key}: ("{each.name}", {out}),' for each, (out, _) in rows]
        readers = [f'    "{each.name}": {into},' for each, (_, into) in rows]
        ends = _SEVERAL.format(
            **values,
            writers="\n".join(
                [f"{table}_WRITERS: dict[object, tuple[str, Callable[[object], object]]] = {{", *writers, "}"]
            ),
            readers="\n".join([f"{table}_READERS: dict[str, Callable[[object], Any]] = {{", *readers, "}"]),
        )
    classes = [f"{source}\n" for source in declarations.classes.values()]
    head = "\n\n".join([*classes, *aliases])
    return "\n\n\n".join([*([head.rstrip("\n")] if head else []), *converters.definitions, ends])


def _word(each: Type) -> str:
    return each.name.rpartition(".")[2]


def shared(path: str) -> tuple[Section, ...]:
    """The section of checks, which all channels of the module share."""
    return (Section(path=path, name="_checks", summary=SUMMARY, imports=_IMPORTS, body=_CHECKS),)

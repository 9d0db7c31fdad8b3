"""Text of a module that sends messages as typed MessagePack, by msgspec alone."""

from gnomon.core.patch import Section
from gnomon.core.shape import Array, within
from gnomon.fix.declarations import Declarations
from gnomon.fix.text import WIDTH
from gnomon.fix.types import Types, union_of

SUMMARY = "Messages as typed MessagePack: what arrives is data of these types, or refused."

_ONE = '''{decoder} = msgspec.msgpack.Decoder({type}{hook})


def {dumps}(message: {given}) -> bytes:
    """The message as MessagePack."""
    return msgspec.msgpack.encode(message{out})


def {loads}(data: bytes) -> {received}:
    """The message that was sent.

    Raises msgspec.DecodeError for anything else, and RecursionError for what is
    nested too deep. How large a message may be is for the socket to say, as with
    zmq.MAXMSGSIZE.
    """
    return {decoder}.decode(data)'''

_SEVERAL = '''{types}
{keys}
{made}


def {dumps}(message: {given}, as_type: object = None) -> bytes:
    """The message, after its type's name, as MessagePack.

    `as_type` names the type where the class of the message does not tell it. Raises
    TypeError for a message of another type.
    """
    name = {names}.get(type(message) if as_type is None else as_type)
    if name is None:
        raise TypeError(f"{{type(message).__qualname__}} is not among the messages")
    body = msgspec.Raw(msgspec.msgpack.encode(message{out}))
    return msgspec.msgpack.encode(Envelope(type=name, body=body))


def {loads}(data: bytes) -> {received}:
    """The message that was sent.

    Raises msgspec.DecodeError for anything else, and RecursionError for what is
    nested too deep. How large a message may be is for the socket to say, as with
    zmq.MAXMSGSIZE.
    """
    envelope = msgspec.msgpack.decode(data, type=Envelope)
    decoder = {decoders}.get(envelope.type)
    if decoder is None:
        raise msgspec.ValidationError("the message is of an unknown type")
    message: {received} = decoder.decode(envelope.body)
    return message'''

_ENVELOPE = '''class Envelope(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """The name of a message's type, and the message."""

    type: str
    body: msgspec.Raw'''

_ARRAYS = '''_ELEMENTS = frozenset(
    {
        *("bool", "int8", "int16", "int32", "int64"),
        *("uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    }
)


def lowered(value: object) -> tuple[str, tuple[int, ...], bytes]:
    """An array as the type of its elements, its shape, and its bytes in C order.

    Raises TypeError for anything else.
    """
    if not isinstance(value, np.ndarray) or value.dtype.name not in _ELEMENTS:
        raise TypeError(f"{type(value).__qualname__} can't be sent")
    plain = np.ascontiguousarray(value, value.dtype.newbyteorder("<"))
    return value.dtype.name, value.shape, plain.tobytes()


def lifted(kind: object, value: object) -> NDArray[Any]:
    """The array of such a description, whose bytes have to be as many as it says.

    Raises ValueError for a description that is wrong.
    """
    if kind is not np.ndarray and get_origin(kind) is not np.ndarray:
        raise TypeError("nothing but arrays is sent in this way")
    name, shape, data = msgspec.convert(value, tuple[str, tuple[int, ...], bytes])
    if name not in _ELEMENTS:
        raise ValueError("an array has elements of an unknown type")
    element = np.dtype(name)
    if min(shape, default=0) < 0 or prod(shape) * element.itemsize != len(data):
        raise ValueError("an array has not as many bytes as its shape says")
    if name == "bool" and data.strip(b"\\x00\\x01"):
        raise ValueError("an array has a truth value that is neither 0 nor 1")
    return np.frombuffer(data, element.newbyteorder("<")).reshape(shape).copy()'''


def body(declarations: Declarations, types: Types, name: str) -> str:
    """The classes, and `dumps` and `loads` for them."""
    declarations.imports["import msgspec"] = None
    ending, prefix = (f"_{name}", f"_{name.upper()}") if name else ("", "")
    arrays = has_arrays(types)
    received = union_of(each.annotation for each in types.all)
    table = f"{prefix}_TYPES"
    rows = [f'    "{each.name}": {each.name},' for each in types.all]
    keys = [f'    {each.key}: "{each.name}",' for each in types.all]
    values = {
        "dumps": f"dumps{ending}",
        "loads": f"loads{ending}",
        "decoder": f"{prefix}_DECODER",
        "decoders": f"{prefix}_DECODERS",
        "names": f"{prefix}_NAMES",
        "table": table,
        "types": "\n".join([f"{table}: dict[str, Any] = {{", *rows, "}"]),
        "keys": "\n".join([f"{prefix}_NAMES: dict[Any, str] = {{", *keys, "}"]),
        "made": _decoders(f"{prefix}_DECODERS", table, ", dec_hook=lifted" if arrays else ""),
        "type": types.all[0].name,
        "given": received,
        "received": received,
        "hook": ", dec_hook=lifted" if arrays else "",
        "out": ", enc_hook=lowered" if arrays else "",
    }
    if is_several(types):
        declarations.imports["from typing import Any"] = None
    if len(received) + len(ending) > 30:
        whole = declarations.names.free(f"{declarations.suffix}Message")
        declarations.imports["from typing import TypeAlias"] = None
        values |= {"given": whole, "received": whole}
        texts = [each.annotation for each in types.all]
        aliases = [*types.aliases, alias(whole, texts)]
    else:
        aliases = list(types.aliases)
    blocks = [*(f"{source}\n" for source in declarations.classes.values()), *aliases]
    text = (_SEVERAL if is_several(types) else _ONE).format(**values)
    return "\n\n".join([*blocks, text])


def shared(types: Types, path: str) -> tuple[Section, ...]:
    """Sections that all channels of the module share, as far as this one needs them."""
    sections: list[Section] = []
    if has_arrays(types):
        imports: tuple[str, ...] = ("from math import prod", "from typing import Any, get_origin", "import msgspec")
        imports += ("import numpy as np", "from numpy.typing import NDArray")
        sections.append(Section(path=path, name="_arrays", summary=SUMMARY, imports=imports, body=_ARRAYS))
    if is_several(types):
        imports = ("import msgspec",)
        sections.append(Section(path=path, name="_envelope", summary=SUMMARY, imports=imports, body=_ENVELOPE))
    return tuple(sections)


def is_several(types: Types) -> bool:
    """True if a message has to say of which type it is."""
    return len(types.all) > 1


def has_arrays(types: Types) -> bool:
    """True if there is an array in a message."""
    return any(isinstance(inner, Array) for each in types.all for inner in within(each.shape))


def _decoders(name: str, table: str, hook: str) -> str:
    each, loop = f"name: msgspec.msgpack.Decoder(each{hook})", f"for name, each in {table}.items()"
    for text in (f"{name} = {{{each} {loop}}}", f"{name} = {{\n    {each} {loop}\n}}"):
        if all(len(line) <= WIDTH for line in text.splitlines()):
            return text
    return f"{name} = {{\n    {each}\n    {loop}\n}}"


def alias(name: str, texts: list[str]) -> str:
    """An alias for what all messages can be."""
    line = f"{name}: TypeAlias = {union_of(texts)}"
    if len(line) <= WIDTH:
        return line
    parts = union_of(texts).split(" | ")
    return "\n".join([f"{name}: TypeAlias = (", f"    {parts[0]}", *(f"    | {part}" for part in parts[1:]), ")"])

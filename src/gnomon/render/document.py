"""JSON documents whose text came from scanned trees: valid UTF-8, and harmless when printed."""

import msgspec

from gnomon.render.escape import encodable, quiet_json


def encoded(document: object) -> bytes:
    """The structs as indented JSON, ending in a line end; the same bytes for the same values."""
    values = _encodable(msgspec.to_builtins(document))
    indented = msgspec.json.format(msgspec.json.encode(values), indent=2)
    return quiet_json(indented.decode()).encode() + b"\n"


def packed(values: object) -> bytes:
    """The structs as msgpack, for gnomon itself to read again; the same bytes for the same values, sets in order."""
    try:
        return msgspec.msgpack.encode(values, order="deterministic")
    except UnicodeEncodeError:  # the name of a file is no text
        plain = _encodable(msgspec.to_builtins(values, builtin_types=(bytes,), order="deterministic"))
        return msgspec.msgpack.encode(plain, order="deterministic")


def _encodable(value: object) -> object:
    match value:
        case str():
            return encodable(value)
        case list() | tuple():
            return [_encodable(item) for item in value]
        case dict():
            return {encodable(key): _encodable(item) for key, item in value.items()}
    return value

"""Signature files read into checked values, and values written as files. The format: docs/signatures.md."""

import base64
import tomllib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from gnomon.core.errors import KnowledgeError
from gnomon.core.signature import FORMAT, HASH_BITS, Definition, Origin, Repair, RepairKind, Role, Signature
from gnomon.knowledge.load import data_folder, digest_of, read_files
from gnomon.store import Store

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

_HASH_BYTES = HASH_BITS // 8
PART = "signatures"
"""Folder of signature files in gnomon's own data, and in a folder of the user's."""
_STORE = Store(name="signatures", max_bytes=8_000_000)
_REMEDY = "the fields and what they mean are in docs/signatures.md; `gnomon trace learn` writes such a file"


class _Definition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    path: str
    qualname: str
    lines: tuple[int, int]
    role: Role
    loads: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    below: int = 0
    statements: str
    shingles: str = ""


class _Repair(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    kind: RepairKind
    release: str
    date: str = ""
    note: str
    definitions: tuple[_Definition, ...] = ()


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    format: int
    id: str
    title: str
    explanation: str
    rule: str = ""
    advisories: tuple[str, ...] = ()
    origin: Origin
    definitions: tuple[_Definition, ...]
    repairs: tuple[_Repair, ...] = ()


class SignatureFiles(Struct, frozen=True):
    """All known signatures, as they lie in their files until somebody needs them."""

    files: tuple[tuple[str, bytes], ...]
    digest: str

    @property
    def version(self) -> str:
        """Of all of them together: `sha256:` and 12 digits."""
        return f"sha256:{self.digest[:12]}"

    def signatures(self) -> tuple[Signature, ...]:
        """The checked values. Raises KnowledgeError naming file and field."""
        kept = _STORE.get(self.digest)
        if kept is not None:
            try:
                return msgspec.msgpack.decode(kept, type=tuple[Signature, ...])
            except msgspec.DecodeError:
                pass
        found = tuple(parsed(name, data) for name, data in self.files)
        _check_ids(found)
        _STORE.put(self.digest, msgspec.msgpack.encode(found))
        return found


def load(extra: Iterable["Path | Traversable"] = ()) -> SignatureFiles:
    """The signatures that come with gnomon, and those of the folders `extra`. Raises KnowledgeError naming the file."""
    found = list(read_files(data_folder(), PART, prefix=""))
    for folder in extra:
        found += read_files(folder, PART, prefix=f"{folder}/")
    return SignatureFiles(tuple(found), digest_of(found))


def parsed(name: str, data: bytes) -> Signature:
    """The signature in a file of that name. Raises KnowledgeError naming file and field."""
    try:
        file = msgspec.convert(tomllib.loads(data.decode()), _File)
        if file.format != FORMAT:
            raise KnowledgeError(
                f"{name}: it has format {file.format}, and this gnomon reads format {FORMAT}.",
                remedy="learn it again with this gnomon: gnomon trace learn SOURCE",
            )
        return _signature(file)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KnowledgeError(f"{name}: not TOML in UTF-8: {error}", remedy=_REMEDY) from None
    except (msgspec.ValidationError, ValueError) as error:
        raise KnowledgeError(f"{name}: {error}", remedy=_REMEDY) from None


def written(signature: Signature) -> bytes:
    """The file of a signature; the same bytes for the same signature."""
    file = _File(
        **{
            **asdict(signature),
            "definitions": tuple(map(_packed, signature.definitions)),
            "repairs": tuple(
                _Repair(**{**asdict(repair), "definitions": tuple(map(_packed, repair.definitions))})
                for repair in signature.repairs
            ),
        }
    )
    return "".join(_lines(msgspec.to_builtins(file), "")).encode()


def _signature(file: _File) -> Signature:
    return Signature(
        **{
            **asdict(file),
            "definitions": tuple(map(_unpacked, file.definitions)),
            "repairs": tuple(
                Repair(**{**asdict(repair), "definitions": tuple(map(_unpacked, repair.definitions))})
                for repair in file.repairs
            ),
        }
    )


def _packed(definition: Definition) -> _Definition:
    hashes = {"statements": _text(definition.statements), "shingles": _text(definition.shingles)}
    return _Definition(**{**asdict(definition), **hashes})


def _unpacked(definition: _Definition) -> Definition:
    hashes = {"statements": _numbers(definition.statements), "shingles": _numbers(definition.shingles)}
    return Definition(**{**asdict(definition), **hashes})


def _text(hashes: Iterable[int]) -> str:
    return base64.b64encode(b"".join(each.to_bytes(_HASH_BYTES, "big") for each in hashes)).decode()


def _numbers(text: str) -> tuple[int, ...]:
    data = base64.b64decode(text, validate=True)
    if len(data) % _HASH_BYTES:
        raise ValueError(f"hashes are {_HASH_BYTES} bytes each, and {len(data)} bytes are given")
    return tuple(int.from_bytes(data[at : at + _HASH_BYTES], "big") for at in range(0, len(data), _HASH_BYTES))


def _lines(table: dict[str, object], outer: str) -> Iterable[str]:
    """A table as TOML: what is simple first, then the tables in it."""
    for key, value in table.items():
        if not isinstance(value, dict) and not (
            isinstance(value, list | tuple) and value and isinstance(value[0], dict)
        ):
            yield f"{key} = {_value(value)}\n"
    for key, value in table.items():
        if isinstance(value, dict):
            yield f"\n[{outer}{key}]\n"
            yield from _lines(value, f"{outer}{key}.")
        elif isinstance(value, list | tuple) and value and isinstance(value[0], dict):
            for entry in value:
                yield f"\n[[{outer}{key}]]\n"
                yield from _lines(entry, f"{outer}{key}.")


def _value(value: object) -> str:
    """A text, a number or a list of those; TOML writes these as JSON does (https://toml.io/en/v1.0.0#string)."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    text = msgspec.json.encode(value).decode()
    return text.replace("\x7f", "\\u007f")


def _check_ids(signatures: Iterable[Signature]) -> None:
    seen: set[str] = set()
    for signature in signatures:
        if signature.id in seen:
            raise KnowledgeError(f"two signatures have the id {signature.id}.", remedy="give one of them another id")
        seen.add(signature.id)

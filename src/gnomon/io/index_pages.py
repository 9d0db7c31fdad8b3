"""Pages of package indexes, kept for an hour: a project's releases are asked for one by one, and its page is one."""

import hashlib
import time

import msgspec
from msgspec import Struct

from gnomon.store import Store

_STORE = Store(name="pages", max_bytes=64_000_000)
_HOUR_S = 3_600


class Page(Struct, frozen=True, kw_only=True):
    """What an index answered. Untrusted."""

    content_type: str
    url: str
    """Where it came from in the end."""
    body: bytes


def kept(place: str) -> Page | None:
    """The page, if it was kept within this hour."""
    data = _STORE.get(_key(place))
    return None if data is None else msgspec.msgpack.decode(data, type=Page)


def keep(place: str, page: Page) -> None:
    """Keeps it for who asks within this hour."""
    _STORE.put(_key(place), msgspec.msgpack.encode(page))


def _key(place: str) -> str:
    return hashlib.sha256(f"{place}\0{time.time() // _HOUR_S:.0f}".encode()).hexdigest()

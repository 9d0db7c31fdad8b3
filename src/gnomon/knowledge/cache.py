"""Built knowledge kept between runs, since most runs would build the same."""

import msgspec

from gnomon.core.model import Knowledge
from gnomon.store import Store

_STORE = Store(name="knowledge", max_bytes=2_000_000)
"""Gnomon's own knowledge takes about 0.1 MB; that with a project's own models is an entry beside it."""


def kept(digest: str) -> Knowledge | None:
    """The knowledge kept under `digest`; None if there is none, or it is damaged or could be somebody else's."""
    data = _STORE.get(digest)
    if data is None:
        return None
    try:
        return msgspec.msgpack.decode(data, type=Knowledge)
    except msgspec.DecodeError:
        return None


def keep(digest: str, knowledge: Knowledge) -> None:
    """Keep `knowledge` for the next run; where nothing can be written, each run builds its own."""
    _STORE.put(digest, msgspec.msgpack.encode(knowledge))

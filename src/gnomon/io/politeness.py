"""How a machine behaves towards a server that others use too: few requests at once, and waiting when it says so."""

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from gnomon import store
from gnomon.core.errors import Unavailable
from gnomon.io import locks
from gnomon.io.downloads import prepare

AT_ONCE = 4
"""Downloads from one server that all processes of this user on this machine have together."""
TRANSIENT = (408, 429, 500, 502, 503, 504)
"""Answers after which another attempt makes sense (https://www.rfc-editor.org/rfc/rfc9110#section-15)."""
LONGEST_S = 60.0
"""Between two attempts, whatever the server asks for: a longer wait is told as a failure that may pass."""
_FIRST_S = 1.0
_PATIENCE_S = 1_800.0


@contextmanager
def turn(url: str) -> Iterator[None]:
    """Waits for one's turn with the server of that URL, and keeps it. Raises Unavailable after half an hour."""
    host = urlsplit(url).netloc.rpartition("@")[2]
    name = "".join(char if char.isalnum() else "-" for char in host)
    folder = store.folder("turns")
    prepare(folder)
    places = [folder / f"{name}-{number}" for number in range(AT_ONCE)]
    with locks.one_of(places, patience_s=_PATIENCE_S) as mine:
        if not mine:
            raise Unavailable(f"{AT_ONCE} downloads from {host or url} go on and on.", remedy="try again later")
        yield


def pause_s(attempt: int, asked: str, now: float) -> float:
    """Seconds to wait after that failed attempt (from 1): what the server asks for (Retry-After), else ever more.

    `now` is in seconds since the epoch. With a random part, so that those who failed together don't come back together.
    """
    wait = min(_FIRST_S * 2.0 ** (attempt - 1), LONGEST_S)
    if asked.strip().isdecimal():
        wait = float(asked)
    elif asked:
        with suppress(ValueError):
            wait = parsedate_to_datetime(asked).timestamp() - now
    return max(wait, 0) + random.uniform(0, max(wait, 1) / 4)  # noqa: S311 (no secret)

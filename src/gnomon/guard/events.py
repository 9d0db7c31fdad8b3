"""What guard saw, as JSON lines: rate-limited, with what, where and from whom, and no byte of a message but its digest.

Where the program has OpenTelemetry, refusals also count there (`gnomon.guard.refused`) and mark the current span.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import Any, Final, TypeAlias

Tell: TypeAlias = Callable[..., None]
"""`tell(event, **facts)`, or `tell(event, also=more, **facts)` with a function that gives more of them."""
Also: TypeAlias = Callable[[], dict[str, object]]
BURST: Final = 5
"""Equal events in a row that are written one by one."""
PAUSE_S: Final = 1.0
"""Between two of them afterwards; the next says how many were left out."""
MOST_KEYS: Final = 1_000
LONGEST: Final = 300
COUNTER: Final = "gnomon.guard.refused"
_COUNTED: Final = ("refused", "dropped")


class Events:
    """Writes events to one file, or to standard error."""

    def __init__(self, path: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._lock = Lock()
        self._counter: Any = None
        self._seen: dict[tuple[object, ...], list[float]] = {}
        """Per event and what it is about: how many, when the last was written, how many were left out since."""

    def tell(self, event: str, *, also: Also | None = None, **facts: object) -> None:
        """One line, unless there were too many of its kind. Never raises: the program goes on without it.

        `also` gives facts that take time to find out, and is asked only if there will be a line.
        """
        if event in _COUNTED:
            self._count(facts)
        # Cut, since who sends long names is not to fill the memory with them.
        key = (event, *(_short(facts.get(fact)) for fact in ("site", "module", "name")))
        with self._lock:
            left_out = self._admit(key)
        if left_out is None:
            return
        if also is not None:
            facts |= also()
        table = {"time": _now(), "event": event, "pid": os.getpid(), **{key: _short(facts[key]) for key in facts}}
        if left_out:
            table["left_out"] = left_out
        self._write(json.dumps(table, ensure_ascii=True))
        if event in _COUNTED:
            _mark(event, facts)

    # Only if the program itself uses OpenTelemetry: importing it here would be slow, and might not be its wish.
    # Whatever a half-configured exporter raises, the server is not to see it.

    def _count(self, facts: dict[str, object]) -> None:
        metrics = sys.modules.get("opentelemetry.metrics")
        if metrics is None:
            return
        # Names and peers are the sender's to choose: as attributes they would make a series each.
        attributes = {key: str(_short(facts[key])) for key in ("site", "outcome") if key in facts}
        with suppress(Exception):
            if self._counter is None:
                self._counter = metrics.get_meter("gnomon.guard").create_counter(COUNTER)
            self._counter.add(1, attributes)

    def _admit(self, key: tuple[object, ...]) -> int | None:
        now = self._clock()
        if len(self._seen) >= MOST_KEYS and key not in self._seen:
            # Names come from the network: who sends a new one each time shares one place.
            key = ("many",)
        count, last, left_out = self._seen.get(key, (0, 0.0, 0))
        if count >= BURST and now - last < PAUSE_S:
            self._seen[key] = [count, last, left_out + 1]
            return None
        if now - last >= PAUSE_S * BURST:
            count = 0
        self._seen[key] = [count + 1, now, 0]
        return int(left_out)

    def _write(self, line: str) -> None:
        data = (line + "\n").encode()
        try:
            if not self._path:
                raise FileNotFoundError
            # Opened each time: rotated files, forked processes and closed descriptors need nothing more.
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.write(file, data)
            finally:
                os.close(file)
        except OSError:
            with suppress(OSError):
                os.write(2, b"gnomon guard: " + data)


def escaped(text: object, longest: int = LONGEST) -> str:
    """Text from outside as it may be printed: ASCII, without control characters, cut at `longest` characters."""
    given = str(text)
    plain = given[:longest].encode("unicode_escape", "replace").decode("ascii")
    return plain if max(len(given), len(plain)) <= longest else f"{plain[:longest]}…"


def _short(value: object) -> object:
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, tuple | list):
        return [_short(each) for each in value[:20]]
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _now() -> str:
    seconds = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds % 1 * 1000):03}Z"


def _mark(event: str, facts: dict[str, object]) -> None:
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return
    attributes = {key: str(_short(value)) for key, value in facts.items()}
    with suppress(Exception):
        trace.get_current_span().add_event(f"gnomon.guard.{event}", attributes)

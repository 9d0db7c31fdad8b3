"""Times as others write them -> ISO 8601 days in UTC, "" for what tells no time."""

import calendar
import re
from datetime import UTC, date, datetime

_TEXT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?", re.DOTALL)
_FIRST_YEAR = 1990
"""Before that nobody wrote Python: a date that stands for none."""
_REPRODUCIBLE = frozenset({date(2016, 1, 1), date(2020, 2, 2)})
"""What builders write so that an archive is the same each time: poetry's and hatchling's. Others write 1980 or 1985."""


def of_text(text: str) -> str:
    """The day of an RFC 3339 time, such as `2024-11-15T19:02:11.5Z`."""
    if not _TEXT.fullmatch(text):
        return ""
    try:
        time = datetime.fromisoformat(text)
        return _day(time if time.tzinfo is None else time.astimezone(UTC))
    except (ValueError, OverflowError):
        return ""


def of_seconds(seconds: int) -> str:
    """The day of a time in seconds since the epoch."""
    try:
        return _day(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return ""


class Newest:
    """The newest of the files of an archive. Files that all have one time were given it by the builder."""

    def __init__(self) -> None:
        self._newest = 0
        self._times: set[int] = set()
        """At most two: they only tell whether there is more than one."""

    def note(self, seconds: int) -> None:
        """A file's time, in seconds since the epoch."""
        if len(self._times) < 2:
            self._times.add(seconds)
        if seconds > self._newest and (day := of_seconds(seconds)) and date.fromisoformat(day) not in _REPRODUCIBLE:
            self._newest = seconds

    def note_parts(self, time: tuple[int, int, int, int, int, int]) -> None:
        """A file's time as zips have it: year to second, in a zone that nobody knows."""
        try:
            self.note(calendar.timegm(time))
        except ValueError:  # a month 0
            self.note(0)

    @property
    def day(self) -> str:
        """Day of the newest, "" if no file tells."""
        return of_seconds(self._newest) if len(self._times) > 1 else ""


def _day(time: datetime) -> str:
    return time.date().isoformat() if time.year >= _FIRST_YEAR else ""

"""What judging an answer takes, and what it gives."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from gnomon.core.finding import Finding, Skipped


class Scanned(Struct, frozen=True, kw_only=True):
    """What the scanner says of files: findings of every rule, those that are off by default too."""

    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()


class Behaviour(Struct, frozen=True, kw_only=True):
    """What a lesson's check says of files."""

    holds: tuple[str, ...] = ()
    """Its lines `ok: …`. Untrusted text: the learner's program has a part in it."""
    fails: tuple[str, ...] = ()
    """Its lines `no: …`."""
    broke: str = ""
    """Why it came to no end, such as that it took too long; "" if it did."""

    @property
    def passed(self) -> bool:
        """True if something holds and nothing fails."""
        return bool(self.holds) and not self.fails and not self.broke


Scan = Callable[[Mapping[str, bytes]], Scanned]
"""The scanner, given files by name."""
Behave = Callable[[Mapping[str, bytes]], Behaviour]
"""The lesson's check, given files by name."""


class Point(Struct, frozen=True, kw_only=True):
    """One thing that is said of an answer."""

    good: bool
    text: str
    """One or two sentences."""
    about: str = ""
    """A place (`server.py:12`) or an option's key; "" if it is about the answer as a whole."""
    evidence: tuple[str, ...] = ()
    """What was seen: findings, and lines of the check. Untrusted text."""


class Verdict(Struct, frozen=True, kw_only=True):
    """Whether an answer solves the exercise, and why."""

    solved: bool
    points: tuple[Point, ...]
    counts: bool = True
    """False if it is no attempt: nothing was changed yet."""


class NotAnAnswer(Exception):
    """What was typed can't be an answer; the message says why, in one sentence."""

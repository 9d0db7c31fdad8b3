"""The judges of the modes `enforce` and `observe`: the policy's sets, and what happens to a load that asks for more."""

import os
import sys
from collections.abc import Callable
from types import FrameType
from typing import Final

from ..errors import Refused
from ..events import Tell, escaped
from ..policy import Name, Policy
from ..sites import Site
from .holding import Load
from .older_names import unambiguous
from .peers import peer_near

EXIT_REFUSED: Final = 77
"""Of a process whose policy says `exit`."""


class Enforcing:
    """Refuses what the policy does not name."""

    def __init__(self, policy: Policy, tell: Tell, whence: Callable[[], dict[str, object]]) -> None:
        self.anywhere = unambiguous(policy.anywhere)
        self._rules = {rule.site: rule._replace(names=unambiguous(rule.names)) for rule in policy.sites}
        self._elsewhere = policy.unknown_sites
        self._tell = tell
        self._whence = whence

    def names(self, site: Site) -> frozenset[Name] | None:
        """The policy's."""
        rule = self._rules.get(site)
        return rule.names if rule else None

    def other(self, load: Load, frame: FrameType | None) -> None:
        """Tells, then raises Refused, or ends the process where the policy says so."""
        rule = self._rules.get(load.site)
        outcome = "exit" if (rule.outcome if rule else self._elsewhere) == "exit" else "raise"
        why = "not learned for this site" if rule else "nothing was learned for this site"
        facts = told(load) | {"kind": rule.kind if rule else "unknown", "why": why}
        self._tell("refused", also=lambda: _from(self._whence(), frame), outcome=outcome, **facts)
        text = f"gnomon guard: {escaped(load.module)}.{escaped(load.name)} is refused at {escaped(load.site)}: {why}"
        if outcome == "exit":
            sys.stderr.write(f"{text}; the policy ends the process\n")
            sys.stderr.flush()
            os._exit(EXIT_REFUSED)
        raise Refused(text)


class Observing:
    """Tells what `enforce` would refuse, and lets it pass."""

    def __init__(self, policy: Policy, tell: Tell, whence: Callable[[], dict[str, object]]) -> None:
        self.anywhere = unambiguous(policy.anywhere)
        self._names = {rule.site: unambiguous(rule.names) for rule in policy.sites}
        self._tell = tell
        self._whence = whence

    def names(self, site: Site) -> frozenset[Name] | None:
        """The policy's."""
        return self._names.get(site)

    def other(self, load: Load, frame: FrameType | None) -> None:
        """Tells."""
        self._tell("would-refuse", also=lambda: _from(self._whence(), frame), **told(load))


def told(load: Load) -> dict[str, object]:
    """What an event says of a load."""
    return {"module": load.module, "name": load.name, "site": str(load.site), "line": load.line}


def _from(message: dict[str, object], frame: FrameType | None) -> dict[str, object]:
    """Facts of the message that a socket of pyzmq gave this thread; else the peer of a connection nearby."""
    if message:
        return message
    peer = peer_near(frame)
    return {"peer": peer} if peer else {}

"""Everything guard raises on purpose, as one tree.

GuardError                  problem + what to type next; the command line prints it, a guarded process ends with it
├── PolicyError             a policy is broken, unsigned, changed or of another version
├── DeliveryError           the guard can't be brought into the command's processes
└── ShieldError             a socket can't be shielded: keys, roles or addresses don't fit

Refused                     a load asked for a name that its site does not have; what a guarded program sees
"""

from pickle import UnpicklingError


class GuardError(Exception):
    """A mistake or condition the user can act on."""

    def __init__(self, problem: str, *, remedy: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


class PolicyError(GuardError):
    """A policy can't be used; the problem names the file and the field."""


class DeliveryError(GuardError):
    """The guard can't be brought into the command's processes."""


class ShieldError(GuardError):
    """A socket can't be shielded."""


class Refused(UnpicklingError):
    """A load was stopped before the name was looked up. Servers that expect a broken pickle expect this."""

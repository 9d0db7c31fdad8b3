"""Everything gnomon raises on purpose, as one tree.

GnomonError                 problem + what to type next; the command line prints it and exits
├── TargetError             a target can't be read, found or understood         (exit 2)
│   ├── NothingToScan       the target was read but holds nothing to look at    (exit 3)
│   └── Unavailable         a server did not answer, or there was no room: another attempt may do better (exit 2)
├── KnowledgeError          a rule or model file is wrong: names file and field (exit 2)
├── ConfigurationError      a configuration file is wrong: names file and key   (exit 2)
└── MissingExtra            an optional dependency is not installed             (exit 2)
"""


class GnomonError(Exception):
    """A mistake or condition the user can act on."""

    exit_code = 2

    def __init__(self, problem: str, *, remedy: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


class TargetError(GnomonError):
    """A target can't be read, found or understood."""


class NothingToScan(TargetError):
    """The target was read, but nothing in it can be analysed."""

    exit_code = 3


class Unavailable(TargetError):
    """A target can't be had at the moment: another attempt may do better."""


class KnowledgeError(GnomonError):
    """A rule or model file is wrong; the problem names the file and the field."""


class ConfigurationError(GnomonError):
    """A configuration file is wrong; the problem names the file and the key."""


class MissingExtra(GnomonError):
    """An optional dependency is not installed; the remedy is the install command."""

"""What a name means in a pickle of Python 2: pickle looks another one up than the one that guard is told of."""

from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from collections.abc import Iterable

from ..policy import Name


def older_meaning(name: Name) -> Name:
    """The name that a pickle of protocol 0 to 2 looks up when it says `name`; mostly the same."""
    module, rest = name
    found: Name = NAME_MAPPING.get(name, (IMPORT_MAPPING.get(module, module), rest))
    return found


def settle(names: Iterable[Name]) -> None:
    """Takes the older meaning from names that are allowed without it: they mean the same then in every pickle.

    The program has a module that is called as one of Python 2. Its tables are the process's; they lose these entries.
    """
    names = frozenset(names)
    needed = {name[0] for name in names if older_meaning(name) != name and older_meaning(name) in names}
    for name in names:
        if older_meaning(name) not in names and name[0] not in needed:
            NAME_MAPPING.pop(name, None)
            IMPORT_MAPPING.pop(name[0], None)


def unambiguous(names: Iterable[Name]) -> frozenset[Name]:
    """The names whose older meaning may be had too: whether a pickle is an old one is its sender's choice."""
    names = frozenset(names)
    return frozenset(name for name in names if older_meaning(name) in names)

"""A regression test for what fix changed: what a stranger sends is refused, and the unsafe call has not come back."""

from collections.abc import Iterable

from gnomon.core.channel import Load
from gnomon.core.patch import Patch, Section
from gnomon.fix.refusals.payloads import payloads
from gnomon.fix.refusals.places import places
from gnomon.fix.refusals.restricted import restricted
from gnomon.fix.refusals.signed import signed
from gnomon.fix.refusals.sockets import sockets
from gnomon.fix.refusals.subject import Subject, first, root
from gnomon.fix.sources import Sources


def tests(subject: Subject, loads: Iterable[Load], patch: Patch, sources: Sources) -> tuple[Section, ...]:
    """Sections of the subject's test file: of the generated module by its style, and of each function that loaded.

    They fail if the module unpickles what it should refuse, or if a function does so itself again.
    """
    refusals = _refusals(subject)
    shared = (root(subject), first(subject)) if refusals else ()
    sections = (*shared, *refusals, *places(subject, loads, patch, sources))
    return tuple(dict.fromkeys(sections))


def _refusals(subject: Subject) -> tuple[Section, ...]:
    match subject.style:
        case "wire" if subject.codec:
            return sockets(subject)
        case "wire" | "msgspec" | "json":
            return payloads(subject)
        case "hmac":
            return (*payloads(subject), signed(subject))
        case "restrict":
            return (*payloads(subject), *restricted(subject))
        case _:
            return ()

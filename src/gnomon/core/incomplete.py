"""What an incomplete fix lacks: a kind from a closed list, what was seen, and how each kind is completed."""

from typing import Literal

from msgspec import Struct

from gnomon.core.site import CodeSite

IncompleteKind = Literal[
    "deny-list",  # an unpickler refuses some names and lets in all others
    "prefix",  # it tests a module, or how a name begins, which lets in whatever else is there
    "fall-through",  # it lets in every name on some way
    "no-exact-list",  # it tests names in another way than against an exact list
    "assert",  # the check is removed by `python -O`
    "failure-ignored",  # the load runs although the check fails
    "off-by-default",  # the check runs only if somebody sets an option
    "constant-key",  # the key is written in the code, or in a default
    "key-in-message",  # whoever sends the message chooses the key
    "plain-hash",  # a digest that needs no key
    "part-of-message",  # what is loaded is not what was signed
    "timing",  # a signature is compared by an operator
    "no-key-list",  # CURVE, or another mechanism, without a list of who is let in
    "peer-address",  # an address authenticates nobody
    "pickle-in-hook",  # a safe format, with a hook that unpickles
    "switched-off",  # a library's own protection is switched off by an argument
    "after-load",  # the check comes when the code has run
    "gated",  # the load waits behind an option that is off by default
    "one-path",  # the fix is on another way, and not on this one
    "in-name-only",  # a function or class called safe that is not
]


class Incomplete(Struct, frozen=True, kw_only=True):
    """Why code that looks like a fix does not remove the flaw."""

    kind: IncompleteKind
    what: str
    """One clause in present tense saying what is there and what is missing, without a full stop. Untrusted text."""
    site: CodeSite | None = None
    """The check, key, list or switch that is meant."""


COMPLETION: dict[IncompleteKind, str] = {
    "deny-list": "List the (module, name) pairs that are allowed, and refuse every other one: a list of bad names is "
    "never complete.",
    "prefix": "Compare the pair (module, name) with an exact list: every module holds functions that run code or "
    "lead to others that do.",
    "fall-through": "Let find_class raise for every (module, name) pair that is not on an exact list, on all ways.",
    "no-exact-list": "Test the pair (module, name) itself against a fixed set or mapping, and raise for all others.",
    "assert": "Raise with `if not …: raise`: `python -O` removes an assert.",
    "failure-ignored": "Leave the function (raise, return, continue) before the load when the check fails.",
    "off-by-default": "Check always, and refuse to start without a key, instead of going on without the check.",
    "constant-key": "Take the key from the environment or a file without a default, and refuse to start without it.",
    "key-in-message": "Take the key from the receiver's own configuration, never from the message.",
    "plain-hash": "Use an HMAC with a secret key: everybody can compute a hash without one.",
    "part-of-message": "Compute the HMAC over all bytes that are loaded, and load those very bytes.",
    "timing": "Compare with hmac.compare_digest, whose duration does not tell how much of a guess was right.",
    "no-key-list": "Enforce the list of clients' keys: an authenticator on the context of the socket, with "
    "configure_curve and a folder of public keys.",
    "peer-address": "Authenticate with a key (CURVE with a key list, or an HMAC): whoever is on an allowed host, or "
    "forwards from one, gets in.",
    "pickle-in-hook": "Take the pickle out of the hook as well: declare the types, and encode those in question field "
    "by field.",
    "switched-off": "Leave the library's restriction on for all that comes from outside, whatever a setting or a "
    "request says.",
    "after-load": "Check before the load, on the bytes: a pickle runs its code while it is loaded.",
    "gated": "Remove the load: one setting brings the flaw back.",
    "one-path": "Do on this way what is done on the other one, or take this way out.",
    "in-name-only": "Make it what its name says: an exact allow-list, or a format that runs no code.",
}
"""Kind -> how it is completed: one sentence."""


def parts(remedy: str, incomplete: Incomplete | None) -> tuple[str, str]:
    """How a finding's fix is completed, with a space behind it ("" if there is none), and what its rule says."""
    first = f"{COMPLETION[incomplete.kind]} " if incomplete is not None else ""
    return (first, remedy.removeprefix(first)) if remedy.startswith(first) else ("", remedy)

"""What an incomplete fix lacks: a kind from a closed list, what was seen, and how each kind is completed."""

from typing import Literal

from msgspec import Struct

from gnomon.core.site import CodeSite

IncompleteKind = Literal[
    "deny-list",
    "prefix",
    "fall-through",
    "no-exact-list",
    "assert",
    "failure-ignored",
    "off-by-default",
    "constant-key",
    "key-in-message",
    "plain-hash",
    "part-of-message",
    "timing",
    "no-key-list",
    "peer-address",
    "pickle-in-hook",
    "switched-off",
    "after-load",
    "gated",
    "one-path",
    "in-name-only",
]


class Incomplete(Struct, frozen=True, kw_only=True):
    """Why code that looks like a fix does not remove the flaw."""

    kind: IncompleteKind
    what: str
    """One clause in present tense saying what is there and what is missing, without a full stop. Untrusted text."""
    site: CodeSite | None = None
    """The check, key, list or switch that is meant."""


MEANING: dict[IncompleteKind, str] = {
    "deny-list": "An unpickler refuses some names and lets in all others.",
    "prefix": "An unpickler tests a module, or how a name begins, and lets in whatever else is there.",
    "fall-through": "An unpickler lets in every name on some way through it.",
    "no-exact-list": "An unpickler tests names in another way than against an exact list.",
    "assert": "A check is an `assert`.",
    "failure-ignored": "A check fails, is logged, or raises what is caught, and the load runs all the same.",
    "off-by-default": "A check, or CURVE, is on only where somebody sets an option.",
    "constant-key": "The key is written in the code, or in a default that is used when nobody sets one.",
    "key-in-message": "The key comes along with what it signs.",
    "plain-hash": "A digest that takes no key is compared with one that was sent along.",
    "part-of-message": "What is signed is a header, or the first bytes, and something else is loaded.",
    "timing": "A signature is compared with `==` or `!=`. It authenticates, so the finding is a note.",
    "no-key-list": "CURVE, or another mechanism, is on, and nothing says who is let in.",
    "peer-address": "Peers are told by their address.",
    "pickle-in-hook": "A safe format carries the messages, and a hook of its decoder unpickles a part of them.",
    "switched-off": "An argument switches a library's own protection off, or lets a setting or the sender do so.",
    "after-load": "The signature, token or type is checked when the message has been loaded.",
    "gated": "The load runs only where an option is set that is off by default.",
    "one-path": "Another way through the same channel, class or call is verified or restricted, and this one is not.",
    "in-name-only": "A function or class is called safe, secure, restricted or the like, and does nothing of it.",
}
"""Kind -> what is there, and what is wrong with it: a sentence or two."""
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

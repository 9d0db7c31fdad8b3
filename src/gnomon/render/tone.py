"""The nine states of code in four tones: what colour text, and what colour and shape a picture gives them."""

from collections.abc import Iterable
from typing import Literal

from gnomon.core.lineage import UNSAFE, Copy, State
from gnomon.render.page import Words

Tone = Literal["flawed", "eased", "safe", "unknown"]

TONES: dict[Tone, tuple[State, ...]] = {
    "flawed": ("unfixed", "reintroduced"),
    "eased": ("mitigated", "gated", "moved"),
    "safe": ("fixed", "removed", "fixed-at-copy"),
    "unknown": ("unknown",),
}
"""Every state once, under the tone that it is shown in."""
WORST_FIRST: tuple[State, ...] = (*UNSAFE, "unknown", *TONES["safe"])
"""Every state once."""
_STYLES: dict[Tone, str] = {"flawed": "bad", "eased": "warn", "safe": "good", "unknown": "dim"}
_TONE: dict[State, Tone] = {state: tone for tone, states in TONES.items() for state in states}


def tone_of(state: State) -> Tone:
    """The tone that a state is shown in."""
    return _TONE[state]


def state_words(state: State, text: str = "") -> Words:
    """The state's name, or `text` instead, in the state's colour."""
    return Words(text or state, _STYLES[tone_of(state)])


def worst_first(copies: Iterable[Copy]) -> list[Copy]:
    """The copies by state; those in the same state stay in their order."""
    return sorted(copies, key=lambda copy: WORST_FIRST.index(copy.state))

"""What a client sends."""

from dataclasses import dataclass


@dataclass
class Request:
    """A prompt to continue."""

    prompt: str
    max_tokens: int = 8
    stop: str | None = None
    """A word that the answer ends before."""

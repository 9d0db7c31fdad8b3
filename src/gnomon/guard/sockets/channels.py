"""Sockets of pyzmq as the policy has them: what may be loaded from their messages, and who sent the last one."""

from collections.abc import Callable, Sequence
from threading import local
from typing import Final

from ..events import Tell
from ..loads.dry import refused_name
from ..policy import ChannelRule, Name, Policy
from ..sites import Site
from .stash import Frame, peer_of

_last: Final = local()


def whence() -> dict[str, object]:
    """Facts of the last message that this thread received from a socket which feeds loads; empty if there was none."""
    frames = getattr(_last, "message", None)
    return facts(frames) if frames else {}


def facts(frames: Sequence[Frame]) -> dict[str, object]:
    """What an event says of a message: who sent it, its size in bytes and SHA-256, and nothing that it holds."""
    from hashlib import sha256  # OpenSSL's: quick, and 2 ms to import

    digest = sha256()
    for frame in frames:
        digest.update(frame.bytes)
    size = sum(len(frame.bytes) for frame in frames)
    return {"peer": peer_of(frames[0]) or "unknown", "size": size, "sha256": digest.hexdigest()}


def channels_of(policy: Policy, tell: Tell, *, enforce: bool) -> Callable[[Site], "Fed | None"]:
    """Finds the channel of a socket by the place where it was made; None for sockets that feed no load."""
    rules = {rule.site: rule for rule in policy.sites}
    found: dict[Site, Fed] = {}
    for channel in policy.channels:
        fed = [rules[site] for site in channel.feeds if site in rules]
        if fed:
            names = policy.anywhere.union(*(rule.names for rule in fed))
            drops = enforce and all(rule.outcome == "drop" for rule in fed)
            found[channel.site] = Fed(channel, [rule.site for rule in fed], names, tell, drops=drops)
    return found.get


class Fed:
    """Sockets whose messages reach loads."""

    def __init__(
        self, rule: ChannelRule, feeds: Sequence[Site], names: frozenset[Name], tell: Tell, *, drops: bool
    ) -> None:
        self._about = {"site": ", ".join(map(str, feeds)), "socket": str(rule.site), "kind": "socket"}
        self._starts = rule.starts
        self._names = names
        self._tell = tell
        self.drops = drops

    def received(self, frames: Sequence[Frame]) -> None:
        """Remembers whom a refused load would be told of."""
        _last.message = frames

    def refused(self, frames: Sequence[Frame]) -> bool:
        """True, and an event, if a frame is a pickle that asks for more than the loads it reaches may have."""
        for frame in frames:
            content = frame.bytes
            for start in self._starts:
                name = refused_name(memoryview(content)[start:] if start else content, self._names)
                if name is not None:
                    module, qualname = name
                    about = {"module": module, "name": qualname, **self._about}
                    self._tell("dropped", also=lambda: facts(frames), outcome="drop", **about)
                    return True
        return False

"""Objects into sealed bytes and back, for what is no socket of ours: `dumps` and `loads` in place of pickle's."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Final

from gnomon.wire.codec import Codec
from gnomon.wire.errors import KeyMissing, Refused
from gnomon.wire.joined import joined, split
from gnomon.wire.keys import KeyRing
from gnomon.wire.live_ring import LiveRing, given
from gnomon.wire.process import Process
from gnomon.wire.seal import Receiver, Sender, purpose
from gnomon.wire.stats import Counts, MessageStats
from gnomon.wire.suites import Buffer

WINDOW: Final = 1 << 16
"""Messages of one sender that may overtake another one; remembering them takes 8 kB at most."""


class Messages:
    """Sealed messages as plain bytes: `dumps` and `loads`, for any number of threads, before a fork and after it.

    What the other end must have: the same key, types and channel. What the caller must do: catch Refused, and not
    change what was given to `loads` while something that was made of it is in use.
    """

    def __init__(
        self,
        *,
        codec: Codec | None = None,
        keys: KeyRing | Callable[[], KeyRing] | None = None,
        channel: str = "",
        max_age_s: float = 300.0,
        window: int = WINDOW,
    ) -> None:
        """`codec` has the types; without it, messages are plain values. Those of one `channel` are refused by others.

        `keys`: a ring, a function that reads one, or None for those of the variable GNOMON_KEYS. They are wanted at the
        first use, so that a module can have its Messages before there are keys; each child process reads them itself.
        A function is called again every ten seconds, and at most once a second while messages come that are sealed with
        a key that is not on the ring; by the thread that dumps or loads, so it should not wait.
        `max_age_s`: how old a message may be, and how far our clocks may be apart. `window`: how many later messages of
        its sender may have come before it; 0 for order alone. Raises ValueError for an age or a window that can't be.
        """
        self._codec = codec if codec is not None else Codec()
        self._keys = keys
        self._context = purpose(b"messages", channel.encode())
        self._max_age_s, self._window = max_age_s, window
        self._receiver(LiveRing(KeyRing()))  # raises ValueError here and now
        self._ends: dict[int, _End] = {}
        """By number of forks: a child has a lock, a session and a memory of its own."""

    def dumps(self, obj: object, as_type: object = None) -> bytes:
        """The object as sealed bytes. `as_type` names the registered type where its class does not.

        Raises EncodeError, which names the field, KeyMissing and KeyWrong. What it holds must not change meanwhile.
        """
        end = self._end()
        frames = self._codec.encode(obj, as_type)
        sealed = end.sealing().seal(frames, self._context)
        with end.counting:
            end.counts.sent += 1
        return joined(sealed)

    def loads(self, data: Buffer) -> object:
        """The object that was sealed, once; its arrays look at `data`. Nothing is parsed before the seal was verified.

        Raises Refused for whatever is not a message for us, KeyMissing and KeyWrong if we have no keys, and TypeError
        for what is not bytes.
        """
        end = self._end()
        try:
            obj = self._codec.decode(end.opened(split(data, self._codec.limits), self._context))
        except Refused as refused:
            with end.counting:
                end.counts.refused[refused.reason] += 1
            raise
        with end.counting:
            end.counts.received += 1
        return obj

    @property
    def stats(self) -> MessageStats:
        """What this process sealed, opened and refused up to now."""
        end = self._ends.get(Process.forks)
        if end is None:
            return MessageStats(sent=0, received=0, refused={})
        with end.counting:
            return MessageStats(sent=end.counts.sent, received=end.counts.received, refused=dict(end.counts.refused))

    def reload_keys(self) -> bool:
        """Reads the keys now: at the start of a program to be told what is wrong with them, later for others.

        True if they are others now. Raises KeyMissing, KeyWrong, and what the function raises that reads them; then
        those from before stay.
        """
        return self._end().live.reload()

    def _end(self) -> "_End":
        end = self._ends.get(Process.forks)
        if end is None:
            live = given(self._keys)
            if not live.ring.keys:
                raise KeyMissing(
                    "messages are sealed with a shared key, and there is none; make one with: gnomon keys new"
                )
            # of two threads that come at once, both use what the first one made: two memories would take a replay
            end = self._ends.setdefault(Process.forks, _End(live, self._receiver(live)))
        end.live.pulse()
        return end

    def _receiver(self, live: LiveRing) -> Receiver:
        return Receiver(live, window=self._window, earlier=True, max_age_s=self._max_age_s)


class _End:
    """What Messages are in one process."""

    def __init__(self, live: LiveRing, receiver: Receiver) -> None:
        self.live = live
        self.counts = Counts()
        self.counting = Lock()
        self._receiver = receiver
        self._receiving = Lock()
        self._sender: Sender | None = None

    def sealing(self) -> Sender:
        """Who seals here; made when it is needed, since who only receives may have no key in force to seal with."""
        sender = self._sender
        if sender is None:
            # Of two threads that come at once, each may begin a session: both are new.
            sender = self._sender = Sender(self.live)
        return sender

    def opened(self, frames: Sequence[Buffer], context: bytes) -> list[Buffer]:
        """What was sealed. Raises Refused."""
        with self._receiving:
            ring = self.live.ring
            try:
                return self._receiver.open(frames, context).frames
            except Refused as refused:
                if refused.reason != "unknown-key":
                    raise
                self.live.look()
                if self.live.ring is ring:
                    raise
            return self._receiver.open(frames, context).frames

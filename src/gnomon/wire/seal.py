"""Frames into sealed frames and back: authenticated, recent, and taken once. docs/wire-format.md is the specification.

Bytes in, bytes out: nothing here reads a socket or a file. What a caller must still do is said at Sender and Receiver.
"""

from collections.abc import Callable, Sequence
from functools import partial
from struct import Struct as Layout
from time import time_ns
from typing import Final
from zlib import crc32

from msgspec import Struct

from gnomon.wire.errors import EncodeError, Refused
from gnomon.wire.keys import Key, KeyRing
from gnomon.wire.live_ring import LiveRing, live
from gnomon.wire.session import MARK, MAX_BLOCKS, VERSION, Session
from gnomon.wire.suites import MAX_FRAME_BYTES, TAG_BYTES, Buffer, Forged, Suite, nonce_of
from gnomon.wire.window import Window

MAX_FRAMES: Final = 1 << 16
MAX_SESSIONS: Final = 10_000
"""Sessions that one receiver keeps a window for; each needs about 4 kB."""
START: Final = Layout(">BBBBI24sQQII")
"""Mark, version, suite, 0, frames that follow, sender, counter, microseconds, length of the head, the context's CRC."""
_OPENING: Final = Layout(">4sI24sQQII")
"""The same, its first four bytes as one."""
_CLOSING: Final = Layout(">QQII")
"""What of it differs from one message of a session without further frames to the next."""
ENTRY: Final = Layout(">Q16s")
"""Of each frame that follows, its length and tag."""
_START_BYTES: Final = START.size
_ENTRY_BYTES: Final = ENTRY.size
MARKED: Final = bytes((MARK, VERSION))
LEAST: Final = START.size + TAG_BYTES
"""Bytes of frame 0 around an empty head."""
_BINDING: Final = slice(8, 40)


class Opened(Struct, frozen=True):
    """A message that was authenticated, and what that says of it."""

    sender: bytes
    """Key id (8 bytes) and session id (16): one sender, in one process."""
    key_id: str
    """The key's id, 16 hex digits."""
    counter: int
    missed: int
    """How many more of this session's messages are missing than before; -1 for one that was missing and came late."""
    frames: list[Buffer]
    """As they were given to `seal`. All but the first are what was received, as long as nothing was encrypted."""

    @property
    def binding(self) -> bytes:
        """What a reply to this message takes as its context; the one who asked has it from `binding`."""
        return self.sender + self.counter.to_bytes(8, "big")


def binding(frames: Sequence[Buffer]) -> bytes:
    """The context that the reply to this sealed message of ours must have: key id, session id and counter, 32 bytes."""
    return bytes(memoryview(frames[0])[_BINDING])


def purpose(family: bytes, name: bytes) -> bytes:
    """What contexts begin with: the kind of channel, and the name of this one.

    With its length, so that no name and what follows together are another name and what follows.
    """
    return b"gnomon.wire 1 " + family + len(name).to_bytes(4, "big") + name


class Sender:
    """Seals messages, for any number of threads. A forked child goes on with a session of its own.

    `keys` are one key, or a ring: then the key that is in force is used, and the next one from its time on; another
    ring from when it is there. What the caller must do: not change a frame's memory before it is sent, or the receiver
    refuses it.
    """

    def __init__(self, keys: Key | KeyRing | LiveRing, *, clock: Callable[[], int] = time_ns) -> None:
        self._clock = clock
        self._own: set[bytes] = set()
        self.use(keys)

    def use(self, keys: Key | KeyRing | LiveRing) -> None:
        """Seals with other keys from now on. Raises KeyMissing if none of them is in force."""
        self._live = live(keys)
        self._session = self._begin()

    def seal(self, frames: Sequence[Buffer], context: bytes = b"") -> list[Buffer]:
        """The sealed message: frame 0 with the first of `frames` in it, then the others, not copied unless encrypted.

        `context` is what both ends know and nobody sends: which channel this is, and for a reply the request's binding.
        Raises EncodeError for a message that has no form, KeyMissing if the ring's keys are all expired.
        """
        alone = len(frames) == 1 and type(frames[0]) is bytes and len(frames[0]) <= MAX_FRAME_BYTES
        flat = frames if alone else _flat(frames)
        while True:
            now = self._clock()
            session = self._session
            blocks = _blocks(flat) if session.suite.encrypts else len(flat)
            changed = now >= self._choose_again or self._live.ring is not self._ring
            if changed or (counter := session.take(blocks)) < 0:
                self._session = self._begin()
                continue
            message = sealed(session, counter, now // 1000, flat, context)
            if session.here:
                return message
            # This process was forked from within the lines above (by a signal handler, say), and the parent goes on
            # with the very same counter: what was made of it must not leave this one.

    def owns(self, sender: bytes) -> bool:
        """True for the sender of a message that was sealed here."""
        return sender in self._own and self._session.here

    def _begin(self) -> Session:
        now = self._clock() / 1e9
        ring = self._live.ring
        key = ring.sealing(now)
        self._ring = ring
        changes = [each.seals_from for each in ring.keys] + [key.accepted_until]
        self._choose_again = min((at for at in changes if at > now), default=1 << 62) * 1_000_000_000
        session = Session.new(key)
        if self._own and not self._session.here:
            self._own = set()  # the parent's: it may send us messages
        self._own.add(session.sender)
        return session


def sealed(session: Session, counter: int, sent_us: int, frames: Sequence[Buffer], context: bytes) -> list[Buffer]:
    """The message with this counter. Whoever calls it twice for one counter has broken the seal: use `Sender`."""
    suite, head = session.suite, frames[0]
    if len(frames) == 1:
        start = session.start + _CLOSING.pack(counter, sent_us, len(head), crc32(context))
        return [suite.seal_head(nonce_of(0, counter), start, head, context)]
    start = START.pack(
        MARK, VERSION, suite.number, 0, len(frames) - 1, session.sender, counter, sent_us, len(head), crc32(context)
    )
    message: list[Buffer] = [b""]
    parts = [start]
    for index in range(1, len(frames)):
        frame = frames[index]
        body, tag = suite.seal(nonce_of(index, counter), frame)
        message.append(body)
        parts.append(ENTRY.pack(len(frame), tag))
    message[0] = suite.seal_head(nonce_of(0, counter), b"".join(parts), head, context)
    return message


class _Inbound(Struct):
    """What a receiver knows of one session of another end."""

    key_id: str
    suite: Suite
    begins: bytes
    """The first four bytes of all its messages."""
    window: Window
    until_us: int
    """When its key ends to be accepted."""
    newest_us: int = 0
    """When the newest of its messages was sent."""


class Receiver:
    """Opens messages of any number of senders; not for several threads at once.

    `window`: how far behind the newest message of its session one may still arrive, once; 0 for strictly in order.
    `earlier`: whether those before the first one that came may still arrive too.
    `max_age_s`: how long ago, by this end's clock, a message may have been sent, and how far in the future. A receiver
    that begins anew has no memory: within this time it takes what an earlier one took before. `own`: the sender at this
    end, whose messages nobody should send back.

    What the caller must do: go on to the next message when one is Refused, give a reply the context of its request, and
    not believe that who sealed a message is one particular holder of the key.
    """

    def __init__(
        self,
        keys: KeyRing | LiveRing,
        *,
        window: int = 1024,
        earlier: bool = False,
        max_age_s: float = 300.0,
        own: Sender | None = None,
        clock: Callable[[], int] = time_ns,
    ) -> None:
        if not 0 < max_age_s < float("inf"):
            raise ValueError(
                "max_age_s is more than 0 and not endless: it bounds what a restart can be made to take again"
            )
        self._window = partial(Window, window, earlier=earlier)
        self._window()  # raises for a size that there is not
        self._live = live(keys)
        self._keys, self._max_age_us, self._own, self._clock = self._live.ring, int(max_age_s * 1e6), own, clock
        self._sessions: dict[bytes, _Inbound] = {}

    def use(self, keys: KeyRing | LiveRing) -> None:
        """Accepts other keys from now on. What was received under keys that stay is remembered."""
        self._live = live(keys)
        self._adopt(self._live.ring)

    def _adopt(self, keys: KeyRing) -> None:
        self._keys = keys
        kept = {}
        for sender, inbound in self._sessions.items():
            if key := keys.get(sender[:8]):
                inbound.until_us = _ends_us(key)
                kept[sender] = inbound
        self._sessions = kept

    def open(self, frames: Sequence[Buffer], context: bytes = b"") -> Opened:
        """The message, or Refused. A refused message changes nothing here.

        1. Frame 0 is read as far as it takes to find its tag. Its claims are compared, and used for nothing else.
        2. The key is ours, in force, and of the suite that the message names: the key decides, not the message.
        3. Its tag verifies, over number, lengths and tags of the other frames, the head and the context.
        4. It was sent not too long ago, not by ourselves, and not received before.
        5. The other frames have the lengths and tags that step 3 vouched for.
        6. Now its counter is taken.
        """
        now_us = self._clock() // 1000
        # 1
        first = frames[0] if frames else b""
        if type(first) is not bytes or not LEAST <= len(first) <= MAX_FRAME_BYTES:
            first = _received(frames)
        begins, count, sender, counter, sent_us, length, check = _OPENING.unpack_from(first)
        start = _START_BYTES + count * _ENTRY_BYTES
        # 2
        inbound = self._sessions.get(sender)
        known = inbound is not None
        if (
            inbound is None
            or begins != inbound.begins
            or count != len(frames) - 1
            or start + length + TAG_BYTES != len(first)
            or now_us >= inbound.until_us
            or self._live.ring is not self._keys
        ):  # what is not as usual is looked at in the order in which it is told
            _fits(first, count, len(frames) - 1, start + length + TAG_BYTES)
            inbound, known = self._sender_of(sender)
            if begins[2] != inbound.suite.number or now_us >= inbound.until_us:
                raise _unfit(inbound, begins[2])
        # 3
        if crc32(context) != check:  # only to tell a wrong context from a forgery: the tag is what binds it
            raise Refused("wrong-context", "it is for another channel, or answers another request")
        try:
            opened: list[Buffer] = [inbound.suite.open_head(nonce_of(0, counter), first, start, context)]
        except Forged:
            raise Refused("bad-tag", f"frame 0 was changed, or key {inbound.key_id} is not the sender's") from None
        # 4
        if abs(now_us - sent_us) > self._max_age_us:
            raise _untimely(now_us - sent_us)
        if not known:
            self._admit(sender, now_us)
        window = inbound.window
        if counter <= window.newest and (reason := window.refuses(counter)):
            raise Refused(reason, f"message {counter} of session {sender[8:].hex()}")
        # 5
        if count:
            opened += [_opened(inbound.suite, first, counter, index, frames[index]) for index in range(1, count + 1)]
        # 6
        if not known:
            self._sessions[sender] = inbound
        inbound.newest_us = max(inbound.newest_us, sent_us)
        return Opened(sender, inbound.key_id, counter, window.take(counter), opened)

    def _sender_of(self, sender: bytes) -> tuple[_Inbound, bool]:
        """The session, by the ring that is in force now, and whether it is known. Raises Refused without its key."""
        if (ring := self._live.ring) is not self._keys:
            self._adopt(ring)
        inbound = self._sessions.get(sender)
        return (inbound, True) if inbound is not None else (self._stranger(sender), False)

    def _stranger(self, sender: bytes) -> _Inbound:
        """A session not seen before. It is kept only after a message of it was authenticated."""
        key = self._keys.get(sender[:8])
        if key is None:
            self._live.missing = True
            raise Refused("unknown-key", f"key {sender[:8].hex()} is not on our ring")
        suite = Session(key, sender[8:]).suite
        return _Inbound(key.id.hex(), suite, MARKED + bytes((suite.number, 0)), self._window(), _ends_us(key))

    def _admit(self, sender: bytes, now_us: int) -> None:
        """Raises Refused for a session that must not, or can't be kept."""
        if self._own is not None and self._own.owns(sender):
            raise Refused("replayed", "a message of our own was sent back")
        self._make_room(now_us)

    def _make_room(self, now_us: int) -> None:
        """Forgets sessions whose messages would all be refused as expired. Only holders of the key can begin others."""
        if len(self._sessions) < MAX_SESSIONS:
            return
        oldest = now_us - self._max_age_us
        self._sessions = {sender: each for sender, each in self._sessions.items() if each.newest_us >= oldest}
        if len(self._sessions) >= MAX_SESSIONS:
            raise Refused("too-many-senders", f"{MAX_SESSIONS:,} sessions sent something within the last moments")


def _flat(frames: Sequence[Buffer]) -> list[Buffer]:
    """The frames, each with its length in bytes as its len(). Raises EncodeError for what has no form."""
    flat = list(frames)
    if not 0 < len(flat) <= MAX_FRAMES:
        raise EncodeError(f"a sealed message has 1 to {MAX_FRAMES:,} frames, this one {len(flat):,}", "frames")
    for place, frame in enumerate(frames):
        if type(frame) is not bytes:
            try:
                flat[place] = bytes_of(frame)
            except TypeError:
                told = "it is no plain run of bytes; cast or copy it first"
                raise EncodeError(told, f"frames[{place}]") from None
        if (size := len(flat[place])) > MAX_FRAME_BYTES:
            raise EncodeError(f"a frame has at most {MAX_FRAME_BYTES:,} bytes, this one {size:,}", f"frames[{place}]")
    return flat


def bytes_of(frame: Buffer) -> memoryview:
    """The memory as bytes. Raises TypeError if it is not in one piece."""
    view = memoryview(frame)
    return view.cast("B") if view.nbytes else memoryview(b"")  # what has a shape of nothing can't be cast


def _blocks(frames: Sequence[Buffer]) -> int:
    """AES blocks that encrypting takes: one a frame, and one for each 16 bytes."""
    blocks = len(frames) + sum((len(frame) + 15) // 16 for frame in frames)
    if blocks > MAX_BLOCKS:
        raise EncodeError("more bytes than one session may encrypt", "frames")
    return blocks


def _ends_us(key: Key) -> int:
    return key.accepted_until * 1_000_000 or 1 << 64


def _received(frames: Sequence[Buffer]) -> bytes:
    """Frame 0, if it may be one of ours."""
    if not frames:
        raise Refused("truncated", "a message has at least one frame")
    first = frames[0]
    if type(first) is not bytes:
        first = bytes_of(first)
    if first[:2] != MARKED or not LEAST <= len(first) <= MAX_FRAME_BYTES:
        raise foreign(first)
    return bytes(first)


def foreign(first: Buffer) -> Refused:
    """What frame 0 is instead."""
    if not first or first[0] != MARK:
        return Refused("unauthenticated", "it does not begin like a sealed message")
    if len(first) < 2 or first[1] != VERSION:
        return Refused("version", f"it is sealed in another version than {VERSION}")
    if len(first) > MAX_FRAME_BYTES:
        return Refused("too-large", f"frame 0 has {len(first):,} bytes")
    return Refused("truncated", f"frame 0 has {len(first)} bytes, fewer than an empty message")


def _fits(first: bytes, count: int, follow: int, due: int) -> None:
    """Raises Refused if frame 0 is not ours, or says something of the message's form that is not so."""
    if first[:2] != MARKED:
        raise foreign(first)
    if first[3]:
        raise Refused("malformed", "a byte that should be 0 is not")
    if count != follow:
        raise Refused("frame-mismatch", f"{count:,} frames should follow frame 0, but {follow:,} do")
    if due != len(first):
        raise Refused("frame-mismatch", f"frame 0 should have {due:,} bytes, but has {len(first):,}")


def _unfit(inbound: _Inbound, suite: int) -> Refused:
    if suite != inbound.suite.number:
        return Refused("suite", f"key {inbound.key_id} is not for the suite numbered {suite}")
    return Refused("expired", f"key {inbound.key_id} is no longer accepted")


def _untimely(age_us: int) -> Refused:
    when = "ago" if age_us > 0 else "in the future: do the clocks agree?"
    return Refused("expired", f"it was sent {abs(age_us) / 1e6:,.1f} s {when}")


def _opened(suite: Suite, first: bytes, counter: int, index: int, frame: Buffer) -> Buffer:
    length, tag = ENTRY.unpack_from(first, _START_BYTES + (index - 1) * _ENTRY_BYTES)
    flat = frame if type(frame) is bytes else bytes_of(frame)
    if len(flat) > MAX_FRAME_BYTES:
        raise Refused("too-large", f"frame {index} has {len(flat):,} bytes")
    if len(flat) != length:
        raise Refused("frame-mismatch", f"frame {index} should have {length:,} bytes, but has {len(flat):,}")
    try:
        return suite.open(nonce_of(index, counter), flat, tag)
    except Forged:
        raise Refused("bad-tag", f"frame {index} was changed") from None

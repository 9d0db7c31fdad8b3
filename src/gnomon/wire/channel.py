"""Objects into the frames of one socket's pattern and mode, and back; sans-I/O.

A message is [envelope, seal, head, buffers]:

- PUB and SUB have the topic as envelope. DEALER, ROUTER, REQ and REP have the connections that it came through, and the
  request that is answered, up to an empty frame, as raw ZeroMQ sockets do. The others have none.
- In mode `sealed` the seal covers all behind it, and the pattern, the channel's name and the topic.
- A reply is sealed for its request alone. Which that is stands in the envelope; a request's name is its seal's binding.
"""

import os
from collections.abc import Sequence
from typing import TypeAlias

import zmq
from msgspec import Struct

from gnomon.wire.codec import Codec
from gnomon.wire.errors import Refused, WireError
from gnomon.wire.keys import KeyRing
from gnomon.wire.limits import Limits
from gnomon.wire.live_ring import LiveRing, live
from gnomon.wire.seal import Receiver, Sender, binding, purpose

Buffer: TypeAlias = bytes | bytearray | memoryview

MAX_HOPS = 16
"""Frames of an envelope; each broker between the ends adds one."""
MAX_HOP_BYTES = 255
"""A routing id's length, by ZMTP."""
MAX_TOPIC_BYTES = 1024
SEAL_BYTES = 1 << 21
"""What a seal may add to a message's first frame: 24 bytes for each of at most 65,536 buffers, and some more."""
SENDER_BYTES = 24
"""Of a binding, those that say who sent it."""
MAX_TOPICS = 256
"""Topics that have a session of their own; further ones share one, and show its gaps."""


class Pattern(Struct, frozen=True, kw_only=True):
    """What a socket type does with envelopes."""

    raw: int
    """Type of libzmq's socket. REQ and REP are DEALER and ROUTER to it: its own are stuck after a bad message."""
    family: bytes
    sends: bool = True
    receives: bool = True
    topic: bool = False
    routes: bool = False
    lockstep: bool = False


PATTERNS: dict[int, Pattern] = {
    zmq.PUSH: Pattern(raw=zmq.PUSH, family=b"pipeline", receives=False),
    zmq.PULL: Pattern(raw=zmq.PULL, family=b"pipeline", sends=False),
    zmq.PUB: Pattern(raw=zmq.PUB, family=b"publish", receives=False, topic=True),
    zmq.SUB: Pattern(raw=zmq.SUB, family=b"publish", sends=False, topic=True),
    zmq.PAIR: Pattern(raw=zmq.PAIR, family=b"pair"),
    zmq.DEALER: Pattern(raw=zmq.DEALER, family=b"request", routes=True),
    zmq.ROUTER: Pattern(raw=zmq.ROUTER, family=b"request", routes=True),
    zmq.REQ: Pattern(raw=zmq.DEALER, family=b"request", routes=True, lockstep=True),
    zmq.REP: Pattern(raw=zmq.ROUTER, family=b"request", routes=True, lockstep=True),
}


class Peer(Struct, frozen=True, kw_only=True):
    """Whom to answer, and what: `send_obj(reply, to=received.peer)`."""

    route: tuple[bytes, ...]
    """The connections back, the first one first, and the request's name where it has one."""
    request: bytes = b""
    """Which request the answer is sealed for; empty for none."""
    name: str = ""
    """Who it is: the name on its certificate that let it in, at a server, or that was asked for; mode `tls` alone."""


class Received(Struct, frozen=True):
    """One message and where it came from."""

    obj: object
    peer: Peer
    topic: bytes = b""
    """As published; SUB alone."""
    key_id: str = ""
    """Which key it was sealed with; mode `sealed` alone."""
    missed: int = 0
    """Messages of the same sender that are missing before this one, -1 if it is one of those itself; mode `sealed`."""


NOBODY = Peer(route=())


class Channel:
    """Messages of one socket. Not for several threads at once."""

    def __init__(
        self,
        kind: int,
        codec: Codec,
        limits: Limits,
        *,
        ring: KeyRing | LiveRing | None,
        name: bytes,
        max_age_s: float,
        window: int,
    ) -> None:
        """With a ring, messages are sealed. `name` keeps channels apart that use the same keys."""
        self.pattern = PATTERNS[kind]
        self._kind = kind
        self._bare = not self.pattern.topic and not self.pattern.routes
        """Nothing goes around a message."""
        self._plain = self._bare and self.pattern.sends
        self._codec = codec
        self._most = limits.buffers + 1
        """Frames of a message."""
        self._longest = limits.head_bytes + (SEAL_BYTES if ring is not None else 0)
        """Bytes of the first one."""
        self._ring = None if ring is None else live(ring)
        self._context = purpose(self.pattern.family, name)
        self._senders: dict[bytes, Sender] = {}
        self._own: Sender | None = None
        self._receiver: Receiver | None = None
        if self._ring is not None:
            self._own = self._senders[b""] = Sender(self._ring)
            self._receiver = Receiver(self._ring, window=window, max_age_s=max_age_s, own=self._own)
        self._asked = b""
        self._asking: Peer | None = None
        self._number = int.from_bytes(os.urandom(8), "big") >> 1

    def pack(self, obj: object, to: Peer | None = None, topic: bytes = b"", as_type: object = None) -> list[Buffer]:
        """The frames to send. Raises EncodeError, or WireError if the pattern does not allow it now."""
        if to is not None or topic or not self._plain:
            self._check(to, topic)
        body = self._codec.encode(obj, as_type)
        if self._plain:
            return body if self._own is None else self._own.seal(body, self._context)
        if self.pattern.topic:
            return [topic, *self._sealed(body, b" topic " + topic, topic)]
        peer = self._asking if self._kind == zmq.REP else to
        if peer is not None:
            return [*peer.route, b"", *self._sealed(body, _answering(peer.request))]
        return self._question(body)

    def _check(self, to: Peer | None, topic: bytes) -> None:
        name = zmq.SocketType(self._kind).name
        if not self.pattern.sends:
            raise WireError(f"a {name} socket does not send")
        if topic and not self.pattern.topic:
            raise WireError(f"only a PUB socket sends with a topic, a {name} socket does not")
        if len(topic) > MAX_TOPIC_BYTES:
            raise WireError(f"a topic has at most {MAX_TOPIC_BYTES} bytes, not {len(topic)}")
        if to is not None and self._kind not in {zmq.ROUTER, zmq.DEALER}:
            raise WireError(f"a {name} socket does not answer to somebody; ROUTER and DEALER do")
        if to is None and self._kind == zmq.ROUTER:
            raise WireError("a ROUTER socket needs to know whom to send to: send_obj(obj, to=received.peer)")
        if self._asking is None and self._kind == zmq.REP:
            raise WireError("a REP socket answers: receive a request first")
        if self._asked and self._kind == zmq.REQ:
            raise WireError("a REQ socket waits for the answer before it asks again; after a Timeout it may")

    def _question(self, body: list[Buffer]) -> list[Buffer]:
        """Of a DEALER or REQ: the envelope has a name for it, where an answer is bound to it."""
        sealed = self._sealed(body, b"")
        name = binding(sealed) if self._ring is not None else b""
        if self._kind == zmq.REQ:
            self._number += 1
            name = name or self._number.to_bytes(8, "big")
            self._asked = name
        return [name, b"", *sealed] if name else [b"", *sealed]

    def sent(self) -> None:
        """Note that what was packed last was sent: a REP socket is free for the next request."""
        self._asking = None

    def give_up(self) -> None:
        """Let a REQ socket ask again without an answer; one that still comes is refused."""
        self._asked = b""

    def _sealed(self, body: list[Buffer], context: bytes, topic: bytes = b"") -> list[Buffer]:
        if self._ring is None:
            return body
        sender = self._senders.get(topic)
        if sender is None:
            if len(self._senders) > MAX_TOPICS:
                # Not a new session for each topic that comes again: receivers remember only so many of them.
                return self._senders[b""].seal(body, self._context + context)
            # Each topic has a session of its own: a subscriber to one of them would see gaps otherwise.
            sender = self._senders[topic] = Sender(self._ring)
        return sender.seal(body, self._context + context)

    def unpack(self, frames: Sequence[Buffer]) -> Received:
        """The message. Raises Refused and nothing else.

        1. The envelope is taken off; how long it may be is fixed.
        2. The seal is opened, before anything of the message is parsed.
        3. The message is decoded by its type.
        """
        if self._bare:
            if self._receiver is None:
                return Received(self._codec.decode(frames), NOBODY)
            if not frames or len(frames) > self._most or len(frames[0]) > self._longest:
                raise self._beyond(frames)
            opened = self._receiver.open(frames, self._context)
            return Received(self._codec.decode(opened.frames), NOBODY, b"", opened.key_id, opened.missed)
        # 1.
        route: tuple[bytes, ...] = ()
        topic = b""
        if self.pattern.topic:
            topic, frames = _topic(frames), frames[1:]
        else:
            route, frames = _enveloped(frames)
        if not frames or len(frames) > self._most or len(frames[0]) > self._longest:
            raise self._beyond(frames)
        answers = self._answered(route)
        # 2.
        key_id, missed, request = "", 0, b""
        if self._receiver is not None:
            about = b" topic " + topic if self.pattern.topic else _answering(answers)
            opened = self._receiver.open(frames, self._context + about)
            key_id, missed, request, frames = opened.key_id, opened.missed, opened.binding, opened.frames
        # 3.
        obj = self._codec.decode(frames)
        peer = Peer(route=route, request=request)
        if self._kind == zmq.REQ:
            self._asked = b""
        elif self._kind == zmq.REP:
            self._asking = peer
        return Received(obj=obj, peer=peer, topic=topic, key_id=key_id, missed=missed)

    def _beyond(self, frames: Sequence[Buffer]) -> Refused:
        """The limit that a message exceeds. Nothing of it was copied yet: nobody knows who sent it."""
        if not frames:
            return Refused("truncated", "there is no message behind the envelope")
        if len(frames) > self._most:
            return Refused("too-many-buffers", f"{len(frames) - 1} buffers, the limit is {self._most - 1}")
        return Refused("too-large", f"the first frame has {len(frames[0])} bytes, more than {self._longest}")

    def _answered(self, route: tuple[bytes, ...]) -> bytes:
        """Name of our request that a message is sealed for. Raises Refused for an answer to another one."""
        if self._kind == zmq.REQ:
            if not self._asked or route != (self._asked,):
                raise Refused("wrong-context", "it does not answer the request that is waiting")
            return self._asked
        if self._kind == zmq.DEALER and len(route) == 1 and self._own is not None:
            # Anybody with the key could have been asked something; only what we asked is answered here.
            if not self._own.owns(route[0][:SENDER_BYTES]):
                raise Refused("wrong-context", "it answers a request that was not made here")
            return route[0]
        return b""


def _answering(request: bytes) -> bytes:
    return b" reply " + request if request else b""


def _topic(frames: Sequence[Buffer]) -> bytes:
    if not frames or len(frames[0]) > MAX_TOPIC_BYTES:
        raise Refused("malformed", f"it does not begin with a topic of at most {MAX_TOPIC_BYTES} bytes")
    return bytes(frames[0])


def _enveloped(frames: Sequence[Buffer]) -> tuple[tuple[bytes, ...], Sequence[Buffer]]:
    """(frames before the first empty one, frames behind it). Raises Refused."""
    for index, frame in enumerate(frames[: MAX_HOPS + 1]):
        if len(frame) == 0:
            return tuple(bytes(hop) for hop in frames[:index]), frames[index + 1 :]
        if len(frame) > MAX_HOP_BYTES:
            break
    raise Refused("malformed", "its envelope has no end")

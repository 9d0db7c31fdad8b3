"""Typed, authenticated messages over ZeroMQ, or as plain bytes, in place of pickle."""

try:
    import cryptography as _cryptography  # noqa: F401
    import zmq as _zmq  # noqa: F401
except ModuleNotFoundError as _missing:
    raise ImportError(
        f"gnomon.wire needs {_missing.name}: pip install 'gnomon[wire]'", name=_missing.name
    ) from _missing

from gnomon.wire.channel import Peer, Received
from gnomon.wire.codec import Codec, LateCodec
from gnomon.wire.context import Context
from gnomon.wire.errors import EncodeError, KeyMissing, KeyWrong, Refused, Timeout, WireError
from gnomon.wire.hooks import Hook
from gnomon.wire.key_files import ring_from_environment, ring_from_file, ring_from_folder
from gnomon.wire.keys import CurvePair, CurvePublic, Key, KeyRing
from gnomon.wire.limits import Limits
from gnomon.wire.messages import Messages
from gnomon.wire.socket import Socket
from gnomon.wire.stats import MessageStats, Stats
from gnomon.wire.tls.settings import Tls
from gnomon.wire.tokens import TokenIds

__all__ = [
    "Codec",
    "Context",
    "CurvePair",
    "CurvePublic",
    "EncodeError",
    "Hook",
    "Key",
    "KeyMissing",
    "KeyRing",
    "KeyWrong",
    "LateCodec",
    "Limits",
    "MessageStats",
    "Messages",
    "Peer",
    "Received",
    "Refused",
    "Socket",
    "Stats",
    "Timeout",
    "Tls",
    "TokenIds",
    "WireError",
    "ring_from_environment",
    "ring_from_file",
    "ring_from_folder",
]

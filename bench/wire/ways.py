"""The ways to send: what projects use instead of send_pyobj, and ours."""

import base64
import hashlib
import hmac
import json
import pickle
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from typing import NamedTuple

import msgspec
import numpy as np
import zmq

from bench.wire.messages import TYPES
from gnomon.wire import Codec, Context, Key, KeyRing

KEY = b"k" * 32


class Ends(NamedTuple):
    """A connected socket's functions."""

    send: Callable[[object], object]
    receive: Callable[[], object]
    close: Callable[[], object]


Way = Callable[[int, str, str, type], tuple[Ends, str]]
"""(socket type, endpoint, bind or connect, class of the messages) into its functions and the endpoint."""


def ways() -> dict[str, Way]:
    """By name, send_pyobj first: the others are told as ratios to it."""
    ring = KeyRing(keys=(Key.of(KEY),))
    return {
        "send_pyobj": _plain(_pyobj),
        "pickle + HMAC": _plain(_signed),
        "JSON": _plain(_json),
        "msgspec": _plain(_msgspec),
        "curve": _ours("curve", ring),
        "sealed": _ours("sealed", ring),
        "local": _ours("local", ring),
    }


def _ours(mode: str, ring: KeyRing) -> Way:
    def made(kind: int, endpoint: str, verb: str, _: type) -> tuple[Ends, str]:
        context = Context(mode=mode, keys=ring, codec=Codec(*TYPES))
        socket = context.socket(kind)
        reached = socket.bind(endpoint) if verb == "bind" else socket.connect(endpoint)
        return Ends(socket.send_obj, socket.recv_obj, context.close), reached or endpoint

    return made


def _plain(coder: Callable[["zmq.Socket[bytes]", type], tuple[Callable, Callable]]) -> Way:
    def made(kind: int, endpoint: str, verb: str, cls: type) -> tuple[Ends, str]:
        context = zmq.Context()
        socket = context.socket(kind)
        getattr(socket, verb)(endpoint)
        send, receive = coder(socket, cls)
        reached = socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode()
        return Ends(send, receive, lambda: context.destroy(5_000)), reached

    return made


def _pyobj(socket: "zmq.Socket[bytes]", _: type) -> tuple[Callable, Callable]:
    return socket.send_pyobj, socket.recv_pyobj


def _signed(socket: "zmq.Socket[bytes]", _: type) -> tuple[Callable, Callable]:
    """As TensorRT-LLM's fix: pickle with HMAC-SHA256 behind it."""

    def send(obj: object) -> None:
        body = pickle.dumps(obj, pickle.HIGHEST_PROTOCOL)
        socket.send(body + hmac.new(KEY, body, hashlib.sha256).digest())

    def receive() -> object:
        message = socket.recv()
        body, tag = message[:-32], message[-32:]
        if not hmac.compare_digest(hmac.new(KEY, body, hashlib.sha256).digest(), tag):
            raise ValueError("forged")
        return pickle.loads(body)  # noqa: S301 (what is measured; both ends are this program)

    return send, receive


def _json(socket: "zmq.Socket[bytes]", cls: type) -> tuple[Callable, Callable]:
    """As llama-stack's fix: JSON, arrays in base64."""

    def other(value: object) -> object:
        if isinstance(value, np.ndarray):
            text = base64.b64encode(value.tobytes()).decode()
            return {"dtype": value.dtype.str, "shape": list(value.shape), "data": text}
        if isinstance(value, msgspec.Struct):
            return msgspec.structs.asdict(value)
        raise TypeError(type(value))

    def back(value: dict) -> object:
        if "dtype" in value:
            return np.frombuffer(base64.b64decode(value["data"]), value["dtype"]).reshape(value["shape"])
        return value

    def send(obj: object) -> None:
        socket.send(json.dumps(asdict(obj) if is_dataclass(obj) else obj, default=other).encode())

    def receive() -> object:
        return msgspec.convert(json.loads(socket.recv(), object_hook=back), cls)

    return send, receive


def _msgspec(socket: "zmq.Socket[bytes]", cls: type) -> tuple[Callable, Callable]:
    """Typed msgpack in one frame, without authentication."""

    def out(value: object) -> object:
        return (value.dtype.str, list(value.shape), value.tobytes())

    def back(_: type, value: list) -> object:
        return np.frombuffer(value[2], value[0]).reshape(value[1])

    encoder, decoder = msgspec.msgpack.Encoder(enc_hook=out), msgspec.msgpack.Decoder(cls, dec_hook=back)
    return lambda obj: socket.send(encoder.encode(obj)), lambda: decoder.decode(socket.recv())

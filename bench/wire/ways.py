"""The ways to send: what projects use instead of send_pyobj, each written as well as we could, and ours."""

import base64
import hmac
import json
import pickle
from collections.abc import Callable
from dataclasses import is_dataclass
from functools import partial
from typing import NamedTuple

import msgspec
import numpy as np
import zmq

from bench.wire.messages import TYPES
from gnomon.wire import Codec, Context, Key, KeyRing
from gnomon.wire.keys import SuiteName

KEY = b"k" * 32
OWN_FRAME = 1 << 16
"""Bytes from which a frame of its own, not copied, costs less than a copy."""


class Ends(NamedTuple):
    """A socket's functions."""

    send: Callable[[object], object]
    receive: Callable[[], object]
    answer: Callable[[], object]
    """Receives one message and sends it back; of a REP or ROUTER."""
    close: Callable[[], object]


Way = Callable[[int, str, type], tuple[Ends, str]]
"""(socket type, endpoint, class of the messages) into its functions and the endpoint that was bound or connected."""
Coder = Callable[["zmq.Socket[bytes]", type], tuple[Callable, Callable]]
"""(socket, class of the messages) into how one is sent and received."""
BIND = {zmq.PULL, zmq.REP, zmq.ROUTER}


def ways() -> dict[str, Way]:
    """By name, send_pyobj first: the others are told as ratios to it."""
    return {
        "send_pyobj": _plain(_pyobj),
        "pickle + HMAC": _plain(_signed),
        "JSON": _plain(_json),
        "msgspec": _plain(_msgspec),
        "curve": _ours("curve"),
        "sealed": _ours("sealed"),
        "local": _ours("local"),
        "curve uncopied": _ours("curve", copy=False),
        "sealed uncopied": _ours("sealed", copy=False),
        "sealed encrypted": _ours("sealed", suite="aes-256-gcm"),
    }


FURTHER = {"curve uncopied", "sealed uncopied", "sealed encrypted"}
"""Modes as they can be set; measured in PUSH/PULL alone."""


def _ours(mode: str, *, copy: bool = True, suite: SuiteName = "aes-256-gmac") -> Way:
    def made(kind: int, endpoint: str, _: type) -> tuple[Ends, str]:
        context = Context(mode=mode, keys=KeyRing(keys=(Key.of(KEY, suite),)), codec=Codec(*TYPES))
        socket = context.socket(kind)
        send = socket.send_obj if copy else partial(socket.send_obj, copy=False)

        def answer() -> None:
            if kind == zmq.REP:
                socket.send_obj(socket.recv_obj())
            else:
                request = socket.recv_from()
                socket.send_obj(request.obj, to=request.peer)

        reached = socket.bind(endpoint) if kind in BIND else socket.connect(endpoint)
        return Ends(send, socket.recv_obj, answer, context.close), reached or endpoint

    return made


def _plain(coder: Coder) -> Way:
    def made(kind: int, endpoint: str, cls: type) -> tuple[Ends, str]:
        context = zmq.Context()
        socket = context.socket(kind)
        send, receive = coder(socket, cls)

        def answer() -> None:
            if kind == zmq.REP:
                send(receive())
            else:
                client = socket.recv()
                obj = receive()
                socket.send(client, zmq.SNDMORE)
                send(obj)

        (socket.bind if kind in BIND else socket.connect)(endpoint)
        reached = socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode()
        return Ends(send, receive, answer, lambda: context.destroy(5_000)), reached

    return made


def _pyobj(socket: "zmq.Socket[bytes]", _: type) -> tuple[Callable, Callable]:
    return socket.send_pyobj, socket.recv_pyobj


def _signed(socket: "zmq.Socket[bytes]", _: type) -> tuple[Callable, Callable]:
    """As TensorRT-LLM's fix: pickle with HMAC-SHA256 behind it, by OpenSSL in one call, and not copied on arrival."""

    def send(obj: object) -> None:
        body = pickle.dumps(obj, pickle.HIGHEST_PROTOCOL)
        socket.send(body + hmac.digest(KEY, body, "sha256"))

    def receive() -> object:
        message = memoryview(socket.recv())
        body, tag = message[:-32], message[-32:]
        if not hmac.compare_digest(hmac.digest(KEY, body, "sha256"), tag):
            raise ValueError("forged")
        return pickle.loads(body)  # noqa: S301 (what is measured; both ends are this program)

    return send, receive


def _json(socket: "zmq.Socket[bytes]", cls: type) -> tuple[Callable, Callable]:
    """As llama-stack's fix: JSON, arrays in base64."""

    def other(value: object) -> object:
        if isinstance(value, np.ndarray):
            text = base64.b64encode(value.data).decode()
            return {"dtype": value.dtype.str, "shape": list(value.shape), "data": text}
        if is_dataclass(value):
            return vars(value)
        is_list = value.__struct_config__.array_like
        return list(msgspec.structs.astuple(value)) if is_list else msgspec.structs.asdict(value)

    def back(value: dict) -> object:
        if "dtype" in value:
            return np.frombuffer(base64.b64decode(value["data"]), value["dtype"]).reshape(value["shape"])
        return value

    def send(obj: object) -> None:
        socket.send(json.dumps(obj, default=other).encode())

    def receive() -> object:
        return msgspec.convert(json.loads(socket.recv(), object_hook=back), cls)

    return send, receive


def _msgspec(socket: "zmq.Socket[bytes]", cls: type) -> tuple[Callable, Callable]:
    """As vLLM's codec: typed msgpack without authentication; large arrays in frames of their own, without copies."""
    buffers: list[memoryview] = []

    def out(value: np.ndarray) -> object:
        if value.nbytes < OWN_FRAME:
            return (value.dtype.str, value.shape, value.data)
        buffers.append(value.data)
        return (value.dtype.str, value.shape, None)

    def back(_: type, value: list) -> object:
        data = value[2] if value[2] is not None else socket.recv(copy=False).buffer
        return np.frombuffer(data, value[0]).reshape(value[1])

    encoder, decoder = msgspec.msgpack.Encoder(enc_hook=out), msgspec.msgpack.Decoder(cls, dec_hook=back)

    def send(obj: object) -> None:
        head = encoder.encode(obj)
        if not buffers:
            socket.send(head)
            return
        socket.send_multipart([head, *buffers], copy=False)
        buffers.clear()

    return send, lambda: decoder.decode(socket.recv())

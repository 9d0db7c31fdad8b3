"""MessagePack takes the pickle's place, and its hook unpickles what the type code says; a typed decoder does not."""

import pickle
from typing import Any

import msgpack
import msgspec
import zmq

CODE_PICKLE, CODE_ARRAY = 1, 2


class Request(msgspec.Struct):
    prompt: str


def ext_hook(code: int, data: memoryview) -> Any:
    match code:
        case 1:
            return pickle.loads(data)  # finding: pickle-over-network any-host critical incomplete=pickle-in-hook
        case 2:
            return data.cast("f")
    raise NotImplementedError(code)


def dec_hook(kind: type, value: Any) -> Any:
    if issubclass(kind, Exception):
        return pickle.loads(value)  # finding: pickle-over-network any-host critical incomplete=pickle-in-hook
    return value


def object_hook(value: dict) -> Any:
    if value.get("type") == "pickle":
        return pickle.loads(value["data"])  # finding: pickle-over-network any-host critical incomplete=pickle-in-hook
    return value


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:8613")
    hooked = msgspec.msgpack.Decoder(Any, ext_hook=ext_hook, dec_hook=dec_hook)
    typed = msgspec.msgpack.Decoder(Request)
    while True:
        yield hooked.decode(sock.recv())
        yield msgpack.unpackb(sock.recv(), object_hook=object_hook)
        yield typed.decode(sock.recv())  # safe: pickle-over-network

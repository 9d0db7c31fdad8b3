"""A typed decoder object is built with self.ext_hook; decode() is called in another file."""

import pickle
from typing import Any

import msgspec
from msgspec import msgpack

CODE_RAW, CODE_PICKLE, CODE_CLOUDPICKLE = 1, 2, 3


class MsgpackDecoder:
    def __init__(self, target: Any = None):
        args = () if target is None else (target,)
        self.decoder = msgpack.Decoder(*args, ext_hook=self.ext_hook, dec_hook=self.dec_hook)
        self.aux_buffers = ()

    def decode(self, bufs):
        if isinstance(bufs, (bytes, bytearray, memoryview)):
            return self.decoder.decode(bufs)
        self.aux_buffers = bufs
        try:
            return self.decoder.decode(bufs[0])
        finally:
            self.aux_buffers = ()

    def dec_hook(self, target: type, obj: Any) -> Any:
        return obj if target is not complex else complex(*obj)

    def ext_hook(self, code: int, data: memoryview) -> Any:
        if code == CODE_RAW:
            return data
        if code == CODE_PICKLE:
            return pickle.loads(data)  # finding: pickle-over-network any-host critical source=zmq
        raise NotImplementedError(f"extension type code {code}")


class StrictDecoder:
    def __init__(self, target: type):
        self.decoder = msgspec.msgpack.Decoder(target)

    def decode(self, buf):
        return self.decoder.decode(buf)  # safe: pickle-over-network

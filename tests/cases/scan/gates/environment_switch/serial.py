"""A guard that an environment variable opens leaves a finding: it is gated, off by default."""

import base64
import os
import pickle
from dataclasses import dataclass

import cloudpickle
import zmq

ALLOW_INSECURE = os.environ.get("ENGINE_ALLOW_INSECURE_SERIALIZATION", "0") == "1"


@dataclass
class UpdateInfo:
    handles_pickled: str | None = None

    def __post_init__(self):
        if self.handles_pickled is None:
            return
        if not ALLOW_INSECURE:
            raise ValueError("refusing to deserialize; set ENGINE_ALLOW_INSECURE_SERIALIZATION=1")
        self.handles = pickle.loads(base64.b64decode(self.handles_pickled))  # finding: pickle-over-network incomplete=gated


class Decoder:
    def decode(self, code, data):
        if ALLOW_INSECURE:
            if code == 2:
                return cloudpickle.loads(data)  # finding: pickle-over-network incomplete=gated
        raise NotImplementedError(f"extension type code {code} is not supported")


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.ROUTER)
    sock.bind("tcp://*:8300")
    decoder = Decoder()
    while True:
        client, body = sock.recv_multipart()
        yield UpdateInfo(handles_pickled=sock.recv_json()["handles"])
        yield decoder.decode(client[0], body)

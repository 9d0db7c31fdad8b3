"""docs/wire-format.md is enough to make another implementation: this one, which shares no line with the first."""

import base64
import hashlib
import hmac
import json
import re
import struct
import zlib
from pathlib import Path

import msgspec
import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gnomon.wire.codec import Codec
from gnomon.wire.joined import split
from gnomon.wire.keys import KeyRing
from gnomon.wire.limits import Limits
from gnomon.wire.seal import Receiver

PAGE = (Path(__file__).parents[2] / "docs" / "wire-format.md").read_text(encoding="utf-8")
VECTORS, AS_BYTES = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))
EACH = pytest.mark.parametrize(
    "vector", VECTORS, ids=lambda vector: f"{vector['key'].split('.')[1]}-{vector['counter']}"
)
NUMBERS = {"aes-256-gmac": 1, "aes-256-gcm": 2, "hmac-sha256": 3}


def sealed_by_the_page(suite: str, key_id: bytes, session_id: bytes, key: bytes, vector: dict) -> list[bytes]:
    """The message that the page describes."""
    frames = [bytes.fromhex(frame) for frame in vector["frames"]]
    context = bytes.fromhex(vector["context"])

    def nonce(index: int) -> bytes:
        return index.to_bytes(4, "big") + vector["counter"].to_bytes(8, "big")

    def body_and_tag(index: int, data: bytes, around: bytes) -> tuple[bytes, bytes]:
        if suite == "aes-256-gcm":
            joined = AESGCM(key).encrypt(nonce(index), data, around)
            return joined[:-16], joined[-16:]
        if suite == "aes-256-gmac":
            return data, AESGCM(key).encrypt(nonce(index), b"", data)
        return data, hmac.digest(key, nonce(index) + data, "sha256")[:16]

    others = [body_and_tag(index, frame, b"") for index, frame in enumerate(frames[1:], 1)]
    start = b"\x47\x01" + bytes([NUMBERS[suite], 0]) + len(others).to_bytes(4, "big") + key_id + session_id
    start += vector["counter"].to_bytes(8, "big") + vector["sent"].to_bytes(8, "big")
    start += len(frames[0]).to_bytes(4, "big") + zlib.crc32(context).to_bytes(4, "big")
    start += b"".join(len(frame).to_bytes(8, "big") + tag for frame, (_, tag) in zip(frames[1:], others, strict=True))
    if suite == "aes-256-gcm":
        head, tag = body_and_tag(0, frames[0], start + context)
    else:
        head, tag = frames[0], body_and_tag(0, start + frames[0] + context, b"")[1]
    return [start + head + tag, *(body for body, _ in others)]


@EACH
def test_what_the_page_says_gives_the_vectors(vector):
    """Id, session key and message, from the key's line and the other inputs alone."""
    _, suite, key_id, _, _, encoded = vector["key"].split(".")
    secret = base64.urlsafe_b64decode(encoded + "=")
    session_id = bytes.fromhex(vector["session id"])
    prk = hmac.digest(session_id, secret, "sha256")
    info = b"gnomon.wire 1 session " + suite.encode() + b" " + bytes.fromhex(key_id)
    session_key = hmac.digest(prk, info + b"\x01", "sha256")  # RFC 5869: extract, then expand to one block

    digest = hashlib.blake2b(secret, digest_size=8, person=b"gnomon key id 1", salt=suite.encode())
    assert key_id == vector["key id"] == digest.hexdigest()
    assert session_key.hex() == vector["session key"]
    made = sealed_by_the_page(suite, bytes.fromhex(key_id), session_id, session_key, vector)
    assert [frame.hex() for frame in made] == vector["sealed"]


@EACH
def test_the_vectors_are_opened(vector):
    """By the implementation that people use."""
    receiver = Receiver(KeyRing.from_text(vector["key"]), clock=lambda: vector["sent"] * 1000)
    opened = receiver.open([bytes.fromhex(frame) for frame in vector["sealed"]], bytes.fromhex(vector["context"]))

    assert [bytes(frame).hex() for frame in opened.frames] == vector["frames"]
    assert opened.counter == vector["counter"]


@pytest.mark.parametrize("vector", AS_BYTES, ids=lambda vector: f"{vector['key'].split('.')[1]}-{vector['channel']}")
def test_messages_as_bytes_are_what_the_page_says(vector):
    """The context is made of the channel's name; frames begin at multiples of 16, with zeros between them."""
    _, suite, key_id, *_ = vector["key"].split(".")
    name = vector["channel"].encode()
    context = b"gnomon.wire 1 messages" + len(name).to_bytes(4, "big") + name
    session_id, session_key = bytes.fromhex(vector["session id"]), bytes.fromhex(vector["session key"])

    whole = b""
    for frame in sealed_by_the_page(suite, bytes.fromhex(key_id), session_id, session_key, vector):
        whole += b"\0" * ((16 - len(whole)) % 16) + frame
    assert vector["context"] == context.hex()
    assert whole.hex() == vector["bytes"]


@pytest.mark.parametrize("vector", AS_BYTES, ids=lambda vector: f"{vector['key'].split('.')[1]}-{vector['channel']}")
def test_messages_as_bytes_are_taken_apart_and_opened(vector):
    """By the implementation that people use."""
    receiver = Receiver(KeyRing.from_text(vector["key"]), clock=lambda: vector["sent"] * 1000)
    frames = split(bytes.fromhex(vector["bytes"]), Limits())

    opened = receiver.open(frames, bytes.fromhex(vector["context"]))
    assert [bytes(frame).hex() for frame in opened.frames] == vector["frames"]


def test_there_are_vectors_of_every_suite():
    """With one frame and with several, with a context and without."""
    shapes = {(vector["key"].split(".")[1], len(vector["frames"]) > 1, bool(vector["context"])) for vector in VECTORS}

    assert shapes == {(suite, several, several) for suite in NUMBERS for several in (False, True)}


class Scored(msgspec.Struct):
    """With arrays that travel together, and one that has a frame of its own."""

    name: str
    large: np.ndarray
    scores: list[np.ndarray]
    best: np.float32


def test_a_head_is_what_the_page_says():
    """The version, the type's number, the fields in order, and behind them the numbers of the small arrays."""
    large, half, truths = np.arange(8192, dtype="<f8"), np.array([[1.5], [2.5]], "<f2"), np.array([True, False])

    head, frame = Codec(Scored).encode(Scored("a", large, [half, truths], np.float32(0.5)))

    extensions = [
        msgspec.msgpack.Ext(2, struct.pack("<BBHIQ", 12, 1, 1, 0, 8192)),
        msgspec.msgpack.Ext(2, struct.pack("<BBHIQQ", 10, 0, 2, 0, 2, 1)),
        msgspec.msgpack.Ext(2, struct.pack("<BBHIQ", 1, 0, 1, 0, 2)),
        msgspec.msgpack.Ext(4, struct.pack("<Bf", 11, 0.5)),
    ]
    numbers = struct.pack("<ee4x??6x", 1.5, 2.5, True, False)
    fields = "name: str, large: array[any], scores: list[array[any]], best: number[float32]"
    number = hashlib.blake2b(f"Scored\nScored({fields})".encode(), digest_size=32).digest()[:4]
    body = [["a", extensions[0], extensions[1:3], extensions[3]], numbers]
    assert head == b"\x01" + number + msgspec.msgpack.encode(body)
    assert bytes(frame) == large.tobytes()

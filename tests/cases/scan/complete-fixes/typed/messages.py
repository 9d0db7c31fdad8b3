"""Typed MessagePack, restricted tensors, safe YAML and JSON: nothing among them runs code."""

import io
import json

import msgspec
import torch
import yaml


class Request(msgspec.Struct, tag=True):
    prompt: str


class Stop(msgspec.Struct, tag=True):
    reason: str


_DECODER = msgspec.msgpack.Decoder(Request | Stop)
_ENCODER = msgspec.msgpack.Encoder()


def dumps(message):
    return _ENCODER.encode(message)


def loads(data):
    return _DECODER.decode(data)  # safe: pickle-over-network


def tensor(data):
    return torch.load(io.BytesIO(data), weights_only=True)  # safe: pickle-over-network


def settings(data):
    return yaml.safe_load(data)  # safe: pickle-over-network


def plain(data):
    return json.loads(data)  # safe: pickle-over-network

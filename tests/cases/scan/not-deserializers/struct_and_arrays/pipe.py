"""Struct-packed headers, numpy buffers, protobuf and safetensors carry no code."""

import struct

import numpy as np
import torch
import zmq
from safetensors.torch import load as load_tensors

import messages_pb2


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:8007")
    while True:
        header, body, extra = sock.recv_multipart()
        pointer, length = struct.unpack("!QQ", header)  # safe: pickle-over-network
        array = np.frombuffer(body, dtype=np.float16)  # safe: pickle-over-network
        tensor = torch.frombuffer(bytearray(body), dtype=torch.uint8)  # safe: pickle-over-network
        outputs = messages_pb2.Outputs.FromString(extra)  # safe: pickle-over-network
        tensors = load_tensors(body)  # safe: pickle-over-network
        yield pointer, length, array, tensor, outputs, tensors

"""A function called loads that is JSON's, from several modules."""

import json
from json import loads

import orjson
import ujson
import zmq
from zmq.utils import jsonapi


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.ROUTER)
    sock.bind("tcp://*:8000")
    while True:
        client, message, request_id, size = sock.recv_multipart()
        yield jsonapi.loads(message)  # safe: pickle-over-network
        yield json.loads(message)  # safe: pickle-over-network
        yield loads(message)  # safe: pickle-over-network
        yield orjson.loads(message)  # safe: pickle-over-network
        yield ujson.loads(message)  # safe: pickle-over-network

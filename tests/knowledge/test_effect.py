"""Each model has the effect it promises, shown on the smallest program that uses the library."""

import textwrap

import pytest

from gnomon.core.finding import Finding
from gnomon.core.tree import SourceFile, Tree
from gnomon.knowledge.load import load
from gnomon.scan.detect import findings

NETWORK = {
    "aio-pika": (
        "socket",
        """
        import pickle
        import aio_pika

        async def consume(url):
            connection = await aio_pika.connect_robust(url)
            channel = await connection.channel()
            queue = await channel.declare_queue("jobs")
            async for message in queue:
                pickle.loads(message.body)
        """,
    ),
    "asyncio": (
        "socket",
        """
        import asyncio, pickle

        async def serve(reader, writer):
            pickle.loads(await reader.readexactly(100))

        async def main():
            await asyncio.start_server(serve, "0.0.0.0", 9000)
        """,
    ),
    "django": (
        "http",
        """
        import pickle
        from django.urls import path

        def view(request):
            return pickle.loads(request.body)

        urlpatterns = [path("load", view)]
        """,
    ),
    "http.client": (
        "http",
        """
        import http.client, pickle

        def fetch(host):
            connection = http.client.HTTPConnection(host)
            connection.request("GET", "/state")
            return pickle.loads(connection.getresponse().read())
        """,
    ),
    "http.server": (
        "http",
        """
        import pickle
        from http.server import BaseHTTPRequestHandler, HTTPServer

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                pickle.loads(self.rfile.read(100))

        HTTPServer(("", 8000), Handler).serve_forever()
        """,
    ),
    "httpx": (
        "http",
        """
        import pickle
        import httpx

        async def fetch(url):
            async with httpx.AsyncClient() as client:
                response = await client.get(url)
                return pickle.loads(response.content)
        """,
    ),
    "nats": (
        "socket",
        """
        import pickle
        import nats

        async def consume(servers):
            client = await nats.connect(servers)

            async def handle(message):
                pickle.loads(message.data)

            await client.subscribe("jobs", cb=handle)
        """,
    ),
    "ormsgpack": (
        "zmq",
        """
        import pickle
        import ormsgpack, zmq

        def restore(tag, data):
            return pickle.loads(data)

        def serve():
            sock = zmq.Context().socket(zmq.PULL)
            sock.bind("tcp://*:9000")
            return ormsgpack.unpackb(sock.recv(), ext_hook=restore)
        """,
    ),
    "pandas": (
        "http",
        """
        import io
        import pandas as pd
        import requests

        def fetch(url):
            return pd.read_pickle(io.BytesIO(requests.get(url).content))
        """,
    ),
    "pika": (
        "socket",
        """
        import pickle
        import pika

        def handle(channel, method, properties, body):
            pickle.loads(body)

        def consume(host):
            connection = pika.BlockingConnection(pika.ConnectionParameters(host))
            channel = connection.channel()
            channel.basic_consume(queue="jobs", on_message_callback=handle)
        """,
    ),
    "ruamel-yaml": (
        "socket",
        """
        import socket
        from ruamel.yaml import YAML

        def serve():
            sock = socket.create_server(("", 9000))
            conn, _ = sock.accept()
            return YAML(typ="unsafe").load(conn.recv(4096))
        """,
    ),
    "sanic": (
        "http",
        """
        import pickle
        from sanic import Sanic

        app = Sanic("loader")

        @app.post("/load")
        async def load(request):
            return pickle.loads(request.body)
        """,
    ),
    "tornado": (
        "http",
        """
        import pickle
        import tornado.web

        class Load(tornado.web.RequestHandler):
            def post(self):
                pickle.loads(self.request.body)
        """,
    ),
    "tornado.websocket": (
        "websocket",
        """
        import pickle
        from tornado.websocket import WebSocketHandler

        class Load(WebSocketHandler):
            def on_message(self, message):
                pickle.loads(message)
        """,
    ),
    "urllib": (
        "http",
        """
        import pickle
        from urllib.request import urlopen

        def fetch(url):
            with urlopen(url) as response:
                return pickle.load(response)
        """,
    ),
    "websocket-client": (
        "websocket",
        """
        import pickle
        import websocket

        def follow(url):
            connection = websocket.create_connection(url)
            return pickle.loads(connection.recv())
        """,
    ),
    "xmlrpc": (
        "rpc",
        """
        import pickle
        from xmlrpc.server import SimpleXMLRPCServer

        def load(blob):
            pickle.loads(blob.data)

        server = SimpleXMLRPCServer(("", 8000))
        server.register_function(load, "load")
        """,
    ),
    "zmq.eventloop": (
        "zmq",
        """
        import pickle
        import zmq
        from zmq.eventloop.zmqstream import ZMQStream

        def handle(frames):
            pickle.loads(frames[0])

        def serve():
            sock = zmq.Context().socket(zmq.PULL)
            sock.bind("tcp://*:9000")
            ZMQStream(sock).on_recv(handle)
        """,
    ),
}

FILES = {
    "diskcache": """
        import pickle
        from diskcache import Cache

        def read(folder, key):
            return pickle.loads(Cache(folder).get(key))
        """,
    "fsspec": """
        import pickle
        import fsspec

        def read(url):
            with fsspec.open(url, "rb") as file:
                return pickle.load(file)
        """,
    "gzip": """
        import gzip, pickle

        def read(path):
            return pickle.loads(gzip.open(path).read())
        """,
    "lmdb": """
        import pickle
        import lmdb

        def read(folder, key):
            with lmdb.open(folder) as environment, environment.begin() as transaction:
                return pickle.loads(transaction.get(key))
        """,
    "sqlite3": """
        import pickle, sqlite3

        def read(path):
            row = sqlite3.connect(path).execute("select blob from jobs").fetchone()
            return pickle.loads(row[0])
        """,
    "subprocess": """
        import pickle, subprocess

        def read():
            return pickle.loads(subprocess.check_output(["worker"]))
        """,
    "zipfile": """
        import pickle, zipfile

        def read(path):
            with zipfile.ZipFile(path) as archive:
                return pickle.loads(archive.read("state.pkl"))
        """,
}

SILENT = {
    "json over zmq": """
        import zmq

        def serve():
            sock = zmq.Context().socket(zmq.PULL)
            sock.bind("tcp://*:9000")
            return sock.recv_json()
        """,
    "numpy without allow_pickle": """
        import io
        import numpy as np
        import requests

        def fetch(url):
            return np.load(io.BytesIO(requests.get(url).content), allow_pickle=False)
        """,
    "ruamel's round-trip loader": """
        import socket
        from ruamel.yaml import YAML

        def serve():
            conn, _ = socket.create_server(("", 9000)).accept()
            return YAML().load(conn.recv(4096))
        """,
    "torch.load with weights_only": """
        import io
        import requests, torch

        def fetch(url):
            return torch.load(io.BytesIO(requests.get(url).content), weights_only=True)
        """,
    "safe_load": """
        import socket
        import yaml

        def serve():
            conn, _ = socket.create_server(("", 9000)).accept()
            return yaml.safe_load(conn.recv(4096))
        """,
}

CONNECT = "secure = context.wrap_socket(socket.create_connection((host, 443)), server_hostname=host)"
CLIENTS = {
    "a default context": (True, "context = ssl.create_default_context()", CONNECT),
    "a client's context": (True, "context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)", CONNECT),
    "verification turned off": (
        False,
        "context = ssl.create_default_context(); context.verify_mode = ssl.CERT_NONE",
        CONNECT,
    ),
    "a context for servers": (False, "context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)", CONNECT),
    "a bare context": (False, "context = ssl.SSLContext()", CONNECT),
    "an unverified context": (False, "context = ssl._create_unverified_context()", CONNECT),
}
CHANNELS = {
    "TLS": (True, "grpc.secure_channel(host, grpc.ssl_channel_credentials())"),
    "local credentials": (False, "grpc.secure_channel(host, grpc.local_channel_credentials())"),
    "no credentials": (False, "grpc.insecure_channel(host)"),
}


@pytest.mark.parametrize(("kind", "code"), NETWORK.values(), ids=NETWORK)
def test_a_load_of_what_the_library_receives_is_reported(kind, code):
    """The finding is of the network rule, and names the source's kind."""
    assert [(finding.rule, finding.source.kind) for finding in _found(code)] == [("pickle-over-network", kind)]


@pytest.mark.parametrize("code", FILES.values(), ids=FILES)
def test_a_load_of_what_the_library_reads_from_disk_is_the_weaker_rule(code):
    """Files, databases and outputs of own processes are not the network."""
    assert [finding.rule for finding in _found(code)] == ["pickle-from-file"]


@pytest.mark.parametrize("code", SILENT.values(), ids=SILENT)
def test_what_runs_no_code_is_not_reported(code):
    """Harmless forms of the same calls."""
    assert _found(code) == []


@pytest.mark.parametrize(("verified", "context", "connect"), CLIENTS.values(), ids=CLIENTS)
def test_a_tls_client_is_authenticated_if_it_verifies_the_server(verified, context, connect):
    """Each context that doesn't verify is as good as none."""
    lines = ["import pickle, socket, ssl", "def fetch(host):", f"    {context}", f"    {connect}"]

    (finding,) = _found("\n".join([*lines, "    return pickle.loads(secure.recv(100))"]))

    assert finding.endpoint is not None
    assert finding.endpoint.effective is verified


@pytest.mark.parametrize(("verified", "channel"), CHANNELS.values(), ids=CHANNELS)
def test_a_grpc_client_is_authenticated_if_its_credentials_are_tls(verified, channel):
    """A secure channel is only as secure as the credentials given to it."""
    lines = ["import pickle, grpc", "def fetch(host):", f"    channel = {channel}"]

    (finding,) = _found("\n".join([*lines, "    return pickle.loads(channel.unary_unary('/a/b')(b''))"]))

    assert finding.endpoint is not None
    assert finding.endpoint.effective is verified


def _found(code: str) -> list[Finding]:
    tree = Tree(target="program", files=(SourceFile(path="program.py", data=textwrap.dedent(code).encode()),))
    return [answer for answer in findings(tree, load()) if isinstance(answer, Finding)]

"""Starlette: routes given as a list, handlers as closures, headers that pick the branch, a streamed body."""

import functools
import pickle

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


class RunnerApp:
    def __init__(self, methods):
        self.methods = methods

    @property
    def routes(self):
        return [Route(f"/{name}", self._make_handler(name), methods=["POST"]) for name in self.methods]

    def _make_handler(self, name):
        async def _request_handler(request: Request) -> Response:
            assert request.method == "POST"
            if request.headers.get("Args-Number") == "1":
                payload = await request.body()
                args = pickle.loads(payload)  # finding: pickle-over-network configurable high source=http
            else:
                args = [pickle.loads(chunk) async for chunk in request.stream()]  # finding: pickle-over-network configurable high source=http
            return PlainTextResponse(str(args))

        return functools.partial(_request_handler)


def app(methods):
    return Starlette(routes=RunnerApp(methods).routes)

"""The entry server refuses the pickle type; the inner one, with the flag off, still unpickles."""

import pickle

from starlette.requests import Request
from starlette.responses import Response


class Serve:
    def __init__(self, is_main: bool):
        self.is_main = is_main

    async def endpoint(self, request: Request):
        media_type = request.headers.get("content-type", "")
        if self.is_main and media_type == "application/vnd.service+pickle":
            return Response("not allowed", status_code=415)
        value = pickle.loads(await request.body())  # finding: pickle-over-network configurable high source=http
        return Response(str(value))

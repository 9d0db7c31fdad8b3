"""aiohttp: the server reads the request's body, the client the response's."""

import pickle

import aiohttp
from aiohttp import web

routes = web.RouteTableDef()


@routes.post("/invoke")
async def invoke(request):
    return web.Response(body=pickle.dumps(pickle.loads(await request.read())))  # finding: pickle-over-network configurable high source=http


async def upload(request: web.Request) -> web.Response:
    reader = await request.multipart()
    part = await reader.next()
    value = pickle.loads(await part.read())  # finding: pickle-over-network configurable high source=http
    return web.json_response({"value": str(value)})


async def status(request: web.Request) -> web.Response:
    return web.json_response(await request.json())  # safe: pickle-over-network


class RemoteRunner:
    def __init__(self, address: str):
        self._address = address
        self._client = None

    @property
    def client(self) -> aiohttp.ClientSession:
        if self._client is None:
            self._client = aiohttp.ClientSession()
        return self._client

    async def async_run_method(self, name, *args):
        async with self.client.post(f"{self._address}/{name}", data=pickle.dumps(args)) as resp:
            body = await resp.read()
        return pickle.loads(body)  # finding: pickle-over-network configurable high source=http role=connect


def make_app():
    app = web.Application()
    app.add_routes(routes)
    app.router.add_post("/upload", upload)
    app.router.add_get("/status", status)
    return app

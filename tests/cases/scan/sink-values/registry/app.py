from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from serde import ALL_SERDE


class ServiceApp:
    def routes(self):
        return [Route("/call", self.api_endpoint, methods=["POST"])]

    async def api_endpoint(self, request: Request):
        media_type = request.headers.get("Content-Type", "application/json").split(";")[0]
        serde = ALL_SERDE[media_type]()
        value = serde.deserialize(await request.body())
        return Response(str(value))


service = ServiceApp()
app = Starlette(routes=service.routes())

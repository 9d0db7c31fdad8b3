from fastapi import FastAPI, Request

from container import ContainerRegistry

app = FastAPI()


@app.post("/run")
async def run(request: Request):
    name = request.headers["Payload-Container"]
    return str(ContainerRegistry.find_by_name(name).from_payload(await request.body()))

from fastapi import FastAPI

from engine_conn import ConnectionRequest, EngineConnection

app = FastAPI()
connection = EngineConnection()


@app.post("/distserve/connect")
async def connect(request: ConnectionRequest):
    connection.connect(request)
    return {"ok": True}

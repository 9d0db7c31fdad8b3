from fastapi import FastAPI
from pydantic import BaseModel

from engine.executor import ModelAgent

app = FastAPI()


class UpdateParamsRequest(BaseModel):
    serialized_named_tensors: str
    finished: bool = False


class State:
    agent = ModelAgent()


@app.post("/update_weights")
async def update_params(request: UpdateParamsRequest):
    State.agent.update_params(request)
    return {"ok": True}

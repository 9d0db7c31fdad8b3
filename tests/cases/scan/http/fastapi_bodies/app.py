"""Request bodies, uploaded files, base64 fields, form values; who serves the app decides its reach."""

import base64
import io
import pickle
from multiprocessing.reduction import ForkingPickler
from typing import Annotated

import torch
from fastapi import APIRouter, Body, FastAPI, File, Form, Request, UploadFile
from pydantic import BaseModel

app = FastAPI()
router = APIRouter(prefix="/internal")


class UpdateWeights(BaseModel):
    serialized_named_tensors: list[str]
    load_format: str | None = None


@app.post("/raw")
async def raw(request: Request):
    return pickle.loads(await request.body())  # finding: pickle-over-network configurable high source=http


@app.post("/upload")
async def upload(file: UploadFile):
    return pickle.load(file.file)  # finding: pickle-over-network configurable high source=http


@app.post("/upload_bytes")
async def upload_bytes(file: Annotated[bytes, File()]):
    return torch.load(io.BytesIO(file), weights_only=False)  # finding: pickle-over-network configurable high source=http


@app.post("/update_weights")
def update_weights(update: UpdateWeights):
    return [ForkingPickler.loads(base64.b64decode(item)) for item in update.serialized_named_tensors]  # finding: pickle-over-network configurable high source=http


@router.post("/form")
async def form(blob: str = Form(...)):
    return pickle.loads(bytes.fromhex(blob))  # finding: pickle-over-network configurable high source=http


@router.put("/json")
async def json_body(request: Request):
    data = await request.json()
    return pickle.loads(base64.b64decode(data["args"]))  # finding: pickle-over-network configurable high source=http


@app.post("/embedded")
async def embedded(tensors: str = Body(..., embed=True)):
    return torch.load(io.BytesIO(base64.b64decode(tensors)), weights_only=True)  # safe: pickle-over-network


@app.post("/plain")
async def plain(update: UpdateWeights):
    return {"count": len(update.serialized_named_tensors)}  # safe: pickle-over-network


app.include_router(router)

"""A token compared before the load counts; one that is optional, constant, or compared afterwards doesn't."""

import hmac
import os
import pickle

from fastapi import FastAPI, HTTPException, Request

app = FastAPI()
TOKEN = os.environ["SERVICE_TOKEN"]
OPTIONAL = os.environ.get("SERVICE_KEY")


@app.post("/required")
async def required(request: Request):
    if not hmac.compare_digest(request.headers.get("x-token", ""), TOKEN):
        raise HTTPException(401)
    return pickle.loads(await request.body())  # finding: pickle-over-network note effective auth=token source=http


@app.post("/optional")
async def optional(request: Request):
    if OPTIONAL and not hmac.compare_digest(request.headers.get("x-key", ""), OPTIONAL):
        raise HTTPException(401)
    return pickle.loads(await request.body())  # finding: pickle-over-network configurable high source=http


@app.post("/constant")
async def constant(request: Request):
    if not hmac.compare_digest(request.headers.get("x-token", ""), "letmein"):
        raise HTTPException(401)
    return pickle.loads(await request.body())  # finding: pickle-over-network configurable high source=http


@app.post("/late")
async def late(request: Request):
    body = pickle.loads(await request.body())  # finding: pickle-over-network configurable high source=http
    if not hmac.compare_digest(request.headers.get("x-token", ""), TOKEN):
        raise HTTPException(401)
    return body

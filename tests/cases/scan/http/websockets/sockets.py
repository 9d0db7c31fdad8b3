"""Websockets: the library's server and client, and the web framework's endpoint."""

import asyncio
import pickle

import websockets
from fastapi import FastAPI, WebSocket

app = FastAPI()


async def handler(websocket):
    async for message in websocket:
        await websocket.send(pickle.dumps(pickle.loads(message)))  # finding: pickle-over-network any-host critical source=websocket role=bind


async def local_handler(websocket, path):
    message = await websocket.recv()
    print(path, pickle.loads(message))  # finding: pickle-over-network this-host medium source=websocket role=bind


async def client(uri):
    async with websockets.connect(uri) as ws:
        await ws.send(b"hello")
        return pickle.loads(await ws.recv())  # finding: pickle-over-network configurable high source=websocket role=connect


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    while True:
        data = await websocket.receive_bytes()
        print(pickle.loads(data))  # finding: pickle-over-network configurable high source=websocket
        print(await websocket.receive_json())  # safe: pickle-over-network


async def main():
    async with websockets.serve(handler, "0.0.0.0", 8765):
        await websockets.serve(local_handler, host="localhost", port=8766)
        await asyncio.Future()

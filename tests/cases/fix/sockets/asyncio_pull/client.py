import asyncio

import zmq
import zmq.asyncio

import places


async def main():
    context = zmq.asyncio.Context.instance()
    socket = context.socket(zmq.PUSH)
    socket.connect(places.ADDRESS)
    for value in (1, 2, 3):
        message = {"value": value, "stop": False}
        socket.send_pyobj(message)
    await socket.send_pyobj({"value": 0, "stop": False})
    socket.close()
    print("sent")


asyncio.run(main())

import asyncio
import pickle
import sys

import zmq
import zmq.asyncio

import places


async def serve():
    context = zmq.asyncio.Context()
    router = context.socket(zmq.ROUTER)
    router.bind(places.ADDRESS)
    while True:
        identity, frame = await router.recv_multipart()
        request = pickle.loads(frame)
        if request["stop"]:
            await router.send_multipart([identity, pickle.dumps("bye")])
            await asyncio.to_thread(sys.stdin.read)  # until nobody needs it any more
            break
        await router.send_multipart([identity, pickle.dumps({"double": request["value"] * 2})])
    router.close()
    context.term()


asyncio.run(serve())
print("served", places.NOTED)

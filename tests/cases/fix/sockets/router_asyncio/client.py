import asyncio
import pickle

import zmq
import zmq.asyncio

import places


async def ask():
    context = zmq.asyncio.Context()
    dealer = context.socket(zmq.DEALER)
    dealer.connect(places.ADDRESS)
    answers = []
    for value in (3, 5):
        await dealer.send(pickle.dumps({"value": value, "stop": False}))
        answers.append(pickle.loads(await asyncio.wait_for(dealer.recv(), 20))["double"])
    await dealer.send_pyobj({"value": 0, "stop": True})
    print(*answers, await dealer.recv_pyobj())
    dealer.close()
    context.term()


asyncio.run(ask())

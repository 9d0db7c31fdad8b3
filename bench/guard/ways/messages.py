"""pyzmq's own way to receive an object, which is how inference servers came to unpickle what strangers send."""

import asyncio
import pickle

from bench.guard.way import DEADLINE_S, Sent, way

ANYWHERE = "tcp://127.0.0.1:*"


@way("recv-pyobj", "network", "zmq.Socket.recv_pyobj", "the load happens in pyzmq",
     "https://pyzmq.readthedocs.io/en/latest/api/zmq.html#zmq.Socket.recv_pyobj",
     "https://github.com/ModelTC/LightLLM/issues/1413", needs=("zmq",))  # fmt: skip
def recv_pyobj(sent: Sent) -> object:
    """The message is followed by a harmless one, which comes next if the first is dropped."""
    import zmq

    with zmq.Context() as context, context.socket(zmq.PULL) as puller, context.socket(zmq.PUSH) as pusher:
        puller.rcvtimeo = 1000 * DEADLINE_S
        puller.bind(ANYWHERE)
        pusher.connect(puller.last_endpoint)
        pusher.send(sent.pickled())
        pusher.send(pickle.dumps(None))
        return puller.recv_pyobj()


@way("recv-pyobj-asyncio", "network", "zmq.asyncio.Socket.recv_pyobj", "the load happens in a future's callback",
     "https://pyzmq.readthedocs.io/en/latest/api/zmq.asyncio.html", needs=("zmq",))  # fmt: skip
def recv_pyobj_asyncio(sent: Sent) -> object:
    """As before, awaited."""
    import zmq
    import zmq.asyncio

    async def received() -> object:
        with zmq.asyncio.Context() as context, context.socket(zmq.PULL) as puller, context.socket(zmq.PUSH) as pusher:
            puller.bind(ANYWHERE)
            pusher.connect(puller.last_endpoint)
            await pusher.send(sent.pickled())
            await pusher.send(pickle.dumps(None))
            return await asyncio.wait_for(puller.recv_pyobj(), DEADLINE_S)

    return asyncio.run(received())


@way("recv-multipart", "network", "pickle.loads of a frame from recv_multipart(copy=False)",
     "the program loads a view of the message by itself",
     "https://pyzmq.readthedocs.io/en/latest/api/zmq.html#zmq.Frame.buffer",
     "https://chocapikk.com/posts/2026/sglang-pickle-rce", needs=("zmq",))  # fmt: skip
def recv_multipart(sent: Sent) -> object:
    """As SGLang's receivers do."""
    import zmq

    with zmq.Context() as context, context.socket(zmq.PULL) as puller, context.socket(zmq.PUSH) as pusher:
        puller.rcvtimeo = 1000 * DEADLINE_S
        puller.bind(ANYWHERE)
        pusher.connect(puller.last_endpoint)
        pusher.send_multipart([b"topic", sent.pickled()])
        pusher.send_multipart([b"topic", pickle.dumps(None)])
        return pickle.loads(puller.recv_multipart(copy=False)[1].buffer)

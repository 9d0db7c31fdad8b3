import zmq
import zmq.asyncio

from server_args import PortArgs, ServerArgs


class Scheduler:
    def __init__(self, port_args: PortArgs):
        context = zmq.Context(2)
        self.recv_from_tokenizer = context.socket(zmq.PULL)
        self.recv_from_tokenizer.bind(port_args.scheduler_input_ipc_name)

    def recv_requests(self):
        return self.recv_from_tokenizer.recv_pyobj(zmq.NOBLOCK)  # finding: pickle-over-network configurable high source=zmq role=bind


class Tokenizer:
    def __init__(self, port_args: PortArgs):
        context = zmq.asyncio.Context(2)
        self.recv_from_detokenizer = context.socket(zmq.PULL)
        self.recv_from_detokenizer.bind(port_args.tokenizer_ipc_name)

    async def handle_loop(self):
        while True:
            yield await self.recv_from_detokenizer.recv_pyobj()  # finding: pickle-over-network this-host medium transport=ipc role=bind


def main(server_args: ServerArgs):
    port_args = PortArgs.init_new(server_args)
    return Scheduler(port_args), Tokenizer(port_args)

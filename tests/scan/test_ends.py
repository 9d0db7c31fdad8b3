"""Both ends of channels: what is found, and how sure it is that they meet."""

from gnomon.core.shape import Keyed, Plain

CONFIG = """
from dataclasses import dataclass


@dataclass
class Config:
    host: str = "127.0.0.1"
    port: int = 5555
"""
SERVER = """
import zmq
from config import Config


def main(config: Config):
    socket = zmq.Context().socket(zmq.REP)
    socket.bind(f"tcp://*:{config.port}")
    while True:
        question = socket.recv_pyobj()
        socket.send_pyobj({"text": question["prompt"].upper()})
"""
CLIENT = """
import zmq
from config import Config


def ask(config: Config, prompt):
    socket = zmq.Context().socket(zmq.REQ)
    socket.connect(f"tcp://{config.host}:{config.port}")
    socket.send_pyobj({"prompt": prompt})
    return socket.recv_pyobj()["text"]
"""


def lines(sites):
    """Places as `path:line`."""
    return [f"{site.path}:{site.line}" for site in sites]


def test_both_ends_are_one_channel_where_their_addresses_have_the_same_setting(found):
    """The port of one configuration decides both addresses: the server and its client change together."""
    (channel,) = found(config=CONFIG, server=SERVER, client=CLIENT)

    assert channel.paired == "certain"
    assert channel.missing == ()
    assert lines(load.site for load in channel.loads) == ["client.py:10", "server.py:10"]
    assert lines(dump.site for dump in channel.dumps) == ["client.py:9", "server.py:11"]
    assert [(end.types, end.role, end.transport) for end in channel.ends] == [
        (("REQ",), "connect", "tcp"),
        (("REP",), "bind", "tcp"),
    ]


def test_an_end_that_is_not_there_is_told_with_what_it_would_have_to_do(found):
    """A server without a client in the target: nothing is paired, and it is said which socket waits for whom."""
    (channel,) = found(config=CONFIG, server=SERVER)

    assert channel.paired == "no"
    (missing,) = channel.missing
    assert missing == "nothing in the target is the other end of the REP at server.py:7, which binds tcp://*:{port}"


def test_the_same_port_written_twice_is_certain_and_another_port_is_no_match(found):
    """Addresses are compared by what both ends must have in common: the port, not the host."""
    server, client = SERVER.replace("{config.port}", "7001"), CLIENT.replace("{config.port}", "7001")
    (same,) = found(config=CONFIG, server=server, client=client)

    other = found(config=CONFIG, server=server, client=client.replace("7001", "7002"))

    assert same.paired == "certain"
    assert [channel.paired for channel in other] == ["inferred"]
    assert "no other sockets" in other[0].because[0]


PEER = """
import json
import os

import zmq


class Peer:
    def __init__(self, rank: int, local_rank: int):
        first, second = json.loads(os.environ["PORTS"])
        self.local_rank = local_rank
        self.out = zmq.Context().socket(zmq.PUSH)
        self.back = zmq.Context().socket(zmq.PULL)
        self.wire(rank, first, second)

    def wire(self, rank, first, second):
        one = int(first) + 8 + self.local_rank * 2
        two = int(second) + 8 + self.local_rank * 2
        if rank == 0:
            self.out.bind(f"tcp://*:{one + 1}")
            self.back.connect(f"tcp://host:{two + 1}")
        else:
            self.back.connect(f"tcp://host:{one + 1}")
            self.out.bind(f"tcp://*:{two + 1}")

    def tell(self, number: int):
        self.out.send_pyobj(number)

    def hear(self):
        return self.back.recv_pyobj()
"""


def test_a_socket_that_is_kept_past_setattr_is_an_end(found):
    """`self.__dict__["socket"] = …` is how a class with a `__setattr__` of its own sets an attribute."""
    client = """
import zmq
from config import Config


class Client:
    def __init__(self, config: Config):
        self.__dict__["socket"] = zmq.Context().socket(zmq.REQ)
        self.socket.connect(f"tcp://{config.host}:{config.port}")

    def __setattr__(self, name, value):
        self.socket.send_pyobj({"prompt": value})
        return self.socket.recv_pyobj()["text"]
"""
    (channel,) = found(config=CONFIG, server=SERVER, client=client)

    assert channel.paired == "certain"
    assert lines(end.made for end in channel.ends) == ["client.py:8", "server.py:7"]


def test_the_same_offset_of_the_same_port_is_the_same_port(found):
    """Peers that are one class, with ports counted from what is configured: both branches say where they meet."""
    (same,) = found(peer=PEER)
    (other,) = found(peer=PEER.replace("host:{two + 1}", "host:{two * 3}").replace("host:{one + 1}", "host:{one * 3}"))

    assert (same.paired, same.missing) == ("certain", ())
    assert other.paired == "inferred"


def test_two_of_the_ports_that_one_call_finds_are_not_the_same_port(found):
    """A program that connects to one of its free ports and binds another one does not speak with itself."""
    (apart,) = found(server=PORTS)
    (same,) = found(server=PORTS.replace("sender(ports[0])", "sender(ports[1])"))
    (any_of_them,) = found(server=PORTS.replace("receiver(ports[1])", "for each in ports:\n    receiver(each)"))

    assert apart.paired == "no"
    assert same.paired == "certain"
    assert any_of_them.paired == "inferred"


PORTS = """
import zmq
from somewhere import free_ports

ports = free_ports(2)


def sender(port):
    socket = zmq.Context().socket(zmq.PUSH)
    socket.connect(f"tcp://127.0.0.1:{port}")
    socket.send_pyobj(1)


def receiver(port):
    socket = zmq.Context().socket(zmq.PULL)
    socket.bind(f"tcp://127.0.0.1:{port}")
    return socket.recv_pyobj()


sender(ports[0])
receiver(ports[1])
"""


def test_ports_of_the_same_default_are_certain_only_where_nobody_else_has_it(found):
    """Two settings with one default meet unless somebody sets them apart; with a third program it is not sure who."""
    other = CONFIG.replace("port:", "target:").replace("Config", "Other")
    client = CLIENT.replace("config.port", "config.target").replace("config: Config", "config: Other")
    files = {"config": CONFIG, "settings": other, "server": SERVER}
    files["client"] = client.replace("from config import Config", "from settings import Other")

    (alone,) = found(**files)
    (several,) = found(**files, third=SERVER)

    assert alone.paired == "certain"
    assert "by default" in alone.because[0]
    assert several.paired == "inferred"


def test_a_third_socket_that_may_belong_to_it_makes_a_pair_unsure(found):
    """A server's own client is certain; a client whose address comes from elsewhere may be one, too."""
    files = {"config": CONFIG, "server": SERVER, "client": CLIENT}
    files["leader"] = CLIENT.replace("tcp://{config.host}:{config.port}", "tcp://{prompt.address()}")
    files["other"] = CLIENT.replace("tcp://{config.host}:{config.port}", "ipc:///tmp/other")

    sure, *_ = found(**{name: files[name] for name in ("config", "server", "client", "other")})
    unsure, *_ = found(**files)

    assert sure.paired == "certain"
    assert unsure.paired == "inferred"
    assert any("the REQ at leader.py:7 may be one of its ends as well" in why for why in unsure.because)


def test_an_address_read_back_from_the_binding_socket_is_certain(found):
    """`getsockopt(LAST_ENDPOINT)` names the other end, whatever the port is."""
    (channel,) = found(
        both="""
import pickle
import threading

import zmq

context = zmq.Context()


def worker(address):
    socket = context.socket(zmq.PULL)
    socket.connect(address)
    while True:
        frame = socket.recv()
        print(pickle.loads(frame))


def main():
    socket = context.socket(zmq.PUSH)
    socket.bind("tcp://127.0.0.1:0")
    threading.Thread(target=worker, args=(socket.getsockopt_string(zmq.LAST_ENDPOINT),)).start()
    socket.send(pickle.dumps([1, 2, 3]))
"""
    )

    assert channel.paired == "certain"
    (load,), (dump,) = channel.loads, channel.dumps
    assert load.direct
    assert dump.direct
    assert lines(load.received_at) == ["both.py:14"]
    assert lines(dump.sent_at) == ["both.py:22"]


def test_sockets_of_one_factory_are_told_apart_by_who_asked_for_them(found):
    """Two channels through one factory stay two, and each says that the call makes others too."""
    two = found(
        net="""
import zmq


def make(context, path, kind):
    socket = context.socket(kind)
    if kind == zmq.PULL:
        socket.bind(path)
    else:
        socket.connect(path)
    return socket
""",
        back="""
import zmq
from net import make

context = zmq.Context()
requests = make(context, "ipc:///tmp/requests", zmq.PULL)
results = make(context, "ipc:///tmp/results", zmq.PUSH)
while True:
    results.send_pyobj(len(requests.recv_pyobj()))
""",
        front="""
import zmq
from net import make

context = zmq.Context()
requests = make(context, "ipc:///tmp/requests", zmq.PUSH)
results = make(context, "ipc:///tmp/results", zmq.PULL)
requests.send_pyobj("hello")
print(results.recv_pyobj())
""",
    )

    assert [channel.paired for channel in two] == ["certain", "certain"]
    assert [lines(load.site for load in channel.loads) for channel in two] == [["back.py:9"], ["front.py:9"]]
    assert all(end.others for channel in two for end in channel.ends)


def test_a_message_that_goes_elsewhere_too_is_not_direct(found):
    """What is kept, or also read in another way, can't be replaced by changing the two calls."""
    (channel,) = found(
        config=CONFIG,
        server="""
import pickle
import zmq
from config import Config


def main(config: Config, log):
    socket = zmq.Context().socket(zmq.PULL)
    socket.bind(f"tcp://*:{config.port}")
    while True:
        frame = socket.recv()
        log.write(frame)
        print(pickle.loads(frame))
""",
        client="""
import pickle
import zmq
from config import Config


def tell(config: Config, log):
    socket = zmq.Context().socket(zmq.PUSH)
    socket.connect(f"tcp://{config.host}:{config.port}")
    data = pickle.dumps("hello")
    log.write(data)
    socket.send(data)
""",
    )

    assert not channel.loads[0].direct
    assert not channel.dumps[0].direct


def test_every_use_of_an_end_is_listed_with_what_it_is(found):
    """Recipes have to know all that is done with a socket: options, polling, being handed to a library."""
    (channel,) = found(
        config=CONFIG,
        client=CLIENT,
        server="""
import zmq
from config import Config


def main(config: Config, watch):
    socket = zmq.Context().socket(zmq.REP)
    socket.linger = 0
    socket.setsockopt(zmq.RCVHWM, 10)
    socket.bind(f"tcp://*:{config.port}")
    poller = zmq.Poller()
    poller.register(socket, zmq.POLLIN)
    zmq.proxy(socket, socket)
    while poller.poll():
        socket.send_pyobj(socket.recv_pyobj())
    socket.close()
""",
    )

    (server,) = [end for end in channel.ends if end.role == "bind"]
    assert {(use.kind, use.name) for use in server.operations} == {
        ("option", "linger"),
        ("option", "setsockopt"),
        ("endpoint", "bind"),
        ("wait", "zmq.Poller.register"),
        ("escape", "zmq.proxy"),
        ("send", "send_pyobj"),
        ("receive", "recv_pyobj"),
        ("close", "close"),
    }


def test_asyncio_sockets_are_told_by_their_context(found):
    """The context's module says it, and `await` expressions are told with their whole extent."""
    (channel,) = found(
        config=CONFIG,
        client=CLIENT,
        server="""
import zmq
import zmq.asyncio
from config import Config


async def main(config: Config):
    socket = zmq.asyncio.Context().socket(zmq.REP)
    socket.bind(f"tcp://*:{config.port}")
    while True:
        await socket.send_pyobj(await socket.recv_pyobj())
""",
    )

    told = {end.role: end.asyncio for end in channel.ends}
    assert told == {"bind": True, "connect": False}
    (load,) = [load for load in channel.loads if load.site.path == "server.py"]
    assert load.awaited is not None
    assert load.awaited.span.column == load.site.span.column - len("await ")


def test_without_sockets_dumps_beside_the_load_are_only_inferred(found):
    """For other channels nothing says by an address who sends: what the same class dumps is likely, no more."""
    (channel,) = found(
        peer="""
import pickle
import socket


class Peer:
    def __init__(self, host):
        self.link = socket.create_connection((host, 9000))

    def send(self, message):
        self.link.sendall(pickle.dumps(message))

    def receive(self):
        return pickle.loads(self.link.recv(65536))
"""
    )

    assert channel.kind == "socket"
    assert channel.paired == "inferred"
    assert lines(dump.site for dump in channel.dumps) == ["peer.py:11"]


def test_what_two_programs_of_a_folder_dump_and_load_goes_together(found):
    """A server loads what its client dumps, and the other way round: none of the four can change alone."""
    server = """
import pickle
import socketserver


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        question = pickle.loads(self.request.recv(65536))
        self.request.sendall(pickle.dumps(len(question)))
"""
    client = """
import pickle
import socket


class Client:
    def __init__(self, host):
        self.link = socket.create_connection((host, 9000))

    def ask(self, text):
        self.link.sendall(pickle.dumps(text))
        return pickle.loads(self.link.recv(65536))
"""

    (channel,) = found(server=server, client=client)

    assert lines(load.site for load in channel.loads) == ["client.py:12", "server.py:8"]
    assert lines(dump.site for dump in channel.dumps) == ["client.py:11", "server.py:9"]
    assert channel.paired == "inferred"


def test_examples_are_paired_with_one_another_and_never_with_the_program(found):
    """Who asks about an example's server gets its client; the program's own channel does not know of them."""
    files = {"examples/server": SERVER, "examples/client": CLIENT, "examples/config": CONFIG}

    (example,) = found(**files)
    several = found(**files, config=CONFIG, server=SERVER)

    assert example.paired == "certain"
    assert sorted(channel.paired for channel in several) == ["certain", "no"]


def test_who_is_answered_is_followed_through_functions(found):
    """A ROUTER's first frame may be kept, returned and handed on: it is still who a message came from."""
    (channel,) = found(
        config=CONFIG,
        client=CLIENT,
        server="""
import pickle
import zmq
from config import Config


def take(socket):
    who = None
    who, _, frame = socket.recv_multipart()
    return who, pickle.loads(frame)


def main(config: Config):
    socket = zmq.Context().socket(zmq.ROUTER)
    socket.bind(f"tcp://*:{config.port}")

    def tell(message):
        socket.send_multipart([who, b"", pickle.dumps(message)])

    while True:
        who, question = take(socket)
        tell(question)
        socket.send_multipart([b"monitor", b"", pickle.dumps(question)])
""",
    )

    sends = [use for end in channel.ends for use in end.operations if use.name == "send_multipart"]
    assert [(use.site.line, use.answers) for use in sends] == [(18, True), (23, False)]


def test_what_was_received_and_is_sent_on_is_no_other_message(found):
    """A relay of a channel sends what some end of it has sent before: its shape is that message's alone."""
    (channel,) = found(
        ring="""
import zmq

context = zmq.Context()


def step(first):
    before = context.socket(zmq.PULL)
    before.bind("tcp://127.0.0.1:7001")
    after = context.socket(zmq.PUSH)
    after.connect("tcp://127.0.0.1:7001")
    message = {"text": "begin"} if first else before.recv_pyobj()
    after.send_pyobj(message)
"""
    )

    assert channel.paired == "certain"
    assert channel.dumps[0].shape == Keyed(fields=(("text", Plain("str")),))


OPENING = """
import pickle

import zmq


def opened(frame):
    return pickle.loads(frame)


def main():
    socket = zmq.Context().socket(zmq.PULL)
    socket.bind("tcp://127.0.0.1:7001")
    return opened(socket.recv())
"""


def test_what_tests_give_to_a_load_is_none_of_its_messages(found):
    """The program's own code that gives it something else is told, by its code; a test of it is not."""
    tested = "from opening import opened\n\n\ndef test_it():\n    assert opened(made()) == 1\n"
    also = "from opening import opened\n\n\ndef main(old):\n    return opened(old.rest)\n"

    (channel,) = found(opening=OPENING, **{"tests/test_opening": tested})
    (other,) = found(opening=OPENING, also=also)

    assert channel.loads[0].others == ()
    assert len(other.loads[0].others) == 1


def test_a_socket_of_an_unseen_factory_is_an_end_of_which_no_more_is_said_than_is_known(found):
    """Its type is an argument; whether it binds is not told, so it is not told to meet whoever connects there."""
    server = """
import zmq
from toolbox.sockets import open_socket


def serve():
    socket = open_socket(zmq.Context(), "tcp://*:7003", zmq.REP)
    question = socket.recv_pyobj()
    socket.send_pyobj({"text": question["prompt"].upper()})
"""
    (unknown,) = found(server=server)
    client = CLIENT.replace("{config.port}", "7003")
    (known,) = found(config=CONFIG, server=server.replace("zmq.REP)", "zmq.REP, bind=True)"), client=client)

    assert unknown.paired == "no"
    assert [(end.types, end.role, end.contexts) for end in unknown.ends] == [(("REP",), "unknown", ())]
    assert unknown.missing == (
        "nothing in the target is the other end of the REP at server.py:7, which is at tcp://*:7003",
    )
    assert known.paired == "certain"
    assert [(end.types, end.role) for end in known.ends] == [(("REQ",), "connect"), (("REP",), "bind")]

"""The option that lets peers unpickle on each other is the danger, wherever it is set."""

import rpyc
from rpyc.utils.server import ThreadedServer


class Service(rpyc.Service):
    pass


def open_to_all():
    ThreadedServer(Service, hostname="0.0.0.0", port=18861, protocol_config={"allow_pickle": True}).start()  # finding: pickle-over-network any-host critical source=rpc


def local():
    config = {"allow_public_attrs": True, "allow_pickle": True}
    ThreadedServer(Service, hostname="127.0.0.1", port=18862, protocol_config=config).start()  # finding: pickle-over-network this-host medium source=rpc


def strict():
    ThreadedServer(Service, hostname="0.0.0.0", port=18863, protocol_config={"allow_pickle": False}).start()  # safe: pickle-over-network


def default():
    ThreadedServer(Service, hostname="0.0.0.0", port=18864).start()  # safe: pickle-over-network

"""A manager's server unpickles what clients ask; who has its authkey is let in, and a key in the code keeps nobody out."""

import os
from multiprocessing.managers import BaseManager, SyncManager
from queue import Queue

jobs = Queue()


class Jobs(BaseManager):
    pass


class Shared(SyncManager):
    pass


class Keyed(BaseManager):
    def __init__(self, port, key):
        super().__init__(address=("", port), authkey=key)


class Fixed(BaseManager):
    def __init__(self, port):
        BaseManager.__init__(self, ("0.0.0.0", port), b"fixed")


Jobs.register("jobs", callable=lambda: jobs)


def written_key():
    server = Jobs(address=("", 50000), authkey=b"abracadabra").get_server()
    server.serve_forever()  # finding: pickle-over-network any-host critical auth=hmac incomplete=constant-key role=bind


def default_key():
    manager = Jobs(("0.0.0.0", 50001), os.environ.get("JOBS_KEY", "jobs").encode())
    manager.start()  # finding: pickle-over-network any-host critical auth=hmac incomplete=constant-key


def loopback():
    manager = Shared(address=("127.0.0.1", 50002), authkey=b"jobs")
    manager.start()  # finding: pickle-over-network this-host medium auth=hmac incomplete=constant-key


def key_from_outside():
    manager = Jobs(address=("", 50003), authkey=os.environ["JOBS_KEY"].encode())
    manager.get_server().serve_forever()  # finding: pickle-over-network note effective auth=hmac


def random_key():
    """Only children of this process have it."""
    manager = Shared(("0.0.0.0", 50004))
    manager.start()  # finding: pickle-over-network note effective auth=hmac


def perhaps_a_key(key=None):
    """Without one it is the process's."""
    manager = Jobs(("0.0.0.0", 50007), authkey=key)
    manager.start()  # finding: pickle-over-network note effective auth=hmac


class Once:
    """What decides that the manager is made decides nothing about its key."""

    def __init__(self, key):
        if not hasattr(self, "_manager"):
            self._manager = Jobs(("0.0.0.0", 50008), authkey=key)

    def start(self):
        self._manager.start()  # finding: pickle-over-network note effective auth=hmac


def once():
    Once(os.environ["JOBS_KEY"].encode()).start()


def own_constructor():
    Keyed(50005, os.environ["JOBS_KEY"].encode()).start()  # finding: pickle-over-network note effective auth=hmac


def own_constructor_with_a_key():
    server = Fixed(50006).get_server()
    server.serve_forever()  # finding: pickle-over-network any-host critical auth=hmac incomplete=constant-key


def asked():
    """The server's answers are unpickled: the first one here, the others by what its objects are asked."""
    manager = Jobs(address=("jobs.example", 50000), authkey=b"abracadabra")
    manager.connect()  # finding: pickle-over-network configurable high auth=hmac incomplete=constant-key role=connect
    return manager.jobs().get()  # safe: pickle-over-network


def asked_with_a_key(host):
    manager = Shared(address=(host, 50009), authkey=os.environ["JOBS_KEY"].encode())
    manager.connect()  # finding: pickle-over-network note effective auth=hmac role=connect


def asked_by_an_own_constructor():
    manager = Keyed(50010, os.environ["JOBS_KEY"].encode())
    manager.connect()  # finding: pickle-over-network note effective auth=hmac role=connect

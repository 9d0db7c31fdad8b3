"""Remote method calls: an exposed method's argument, and a protocol that allows pickles at all."""

import json
import pickle

import rpyc
from rpyc.utils.server import ThreadedServer


class JobService(rpyc.Service):
    def exposed_submit(self, blob):
        return pickle.loads(blob)  # finding: pickle-over-network source=rpc

    def exposed_status(self, blob):
        return json.loads(blob)  # safe: pickle-over-network

    def internal(self, blob):
        return pickle.loads(blob)  # safe: pickle-over-network


def serve(host):
    ThreadedServer(JobService, hostname=host, port=18861).start()

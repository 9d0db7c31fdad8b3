"""Functions registered with the standard library's RPC server get their arguments from its callers."""

import pickle
from xmlrpc.server import SimpleXMLRPCServer


def submit(blob):
    return str(pickle.loads(blob.data))  # finding: pickle-over-network any-host critical


def private(blob):
    return pickle.loads(blob)  # safe: pickle-over-network


def main():
    server = SimpleXMLRPCServer(("0.0.0.0", 8000), use_builtin_types=False)
    server.register_function(submit, "submit")
    server.serve_forever()

import json
import pickle


def unpack(blob):
    return pickle.loads(blob)  # finding: pickle-over-network this-host medium source=zmq


def strict(blob):
    return json.loads(blob)  # safe: pickle-over-network

"""A library function whose bytes come from a caller that isn't here: a weakness, not a network finding."""

import pickle


def deserialize_descriptors(serialized: bytes):
    return pickle.loads(serialized)  # finding: pickle-of-unknown-origin low  # safe: pickle-over-network


def restore(state_dict):
    return pickle.loads(state_dict["dataloader"])  # finding: pickle-of-unknown-origin  # safe: pickle-over-network


def round_trip(obj):
    return pickle.loads(pickle.dumps(obj))  # safe: pickle-of-unknown-origin  # safe: pickle-over-network

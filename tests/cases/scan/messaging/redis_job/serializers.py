import json
import pickle


class DefaultSerializer:
    dumps = staticmethod(pickle.dumps)
    loads = staticmethod(pickle.loads)  # finding: pickle-over-network source=redis one-of=job


class JSONSerializer:
    @staticmethod
    def loads(data):
        return json.loads(data.decode())  # safe: pickle-over-network


def resolve_serializer(serializer=None):
    return serializer or DefaultSerializer

"""A job restored from a hash keeps the bytes in a field; a chosen serializer loads them in a property."""

import zlib

from redis import Redis

from serializers import resolve_serializer


class Job:
    def __init__(self, id: str, connection: Redis, serializer=None):
        self.id = id
        self.connection = connection
        self.serializer = resolve_serializer(serializer)
        self.data = b""

    def restore(self):
        raw = self.connection.hgetall(f"job:{self.id}")
        self.data = zlib.decompress(raw[b"data"])

    @property
    def arguments(self):
        return self.serializer.loads(self.data)  # finding: pickle-over-network source=redis one-of=job

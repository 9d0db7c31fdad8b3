"""Values, list items, hashes and messages from a key-value server: whoever can write there runs code here."""

import os
import pickle

import redis
import redis.asyncio as aredis


class Cache:
    def __init__(self, host: str, port: int = 6379):
        self.client = redis.Redis(host=host, port=port, db=0)

    def get(self, key):
        blob = self.client.get(key)
        return None if blob is None else pickle.loads(blob)  # finding: pickle-over-network configurable high source=redis role=connect

    def get_many(self, keys):
        return [pickle.loads(value) for value in self.client.mget(keys)]  # finding: pickle-over-network configurable high source=redis

    def pop(self, name):
        _, blob = self.client.blpop(name)
        return pickle.loads(blob)  # finding: pickle-over-network configurable high source=redis

    def table(self, name):
        return {key: pickle.loads(value) for key, value in self.client.hgetall(name).items()}  # finding: pickle-over-network configurable high source=redis


def listen():
    client = redis.from_url(os.environ["REDIS_URL"])
    channel = client.pubsub()
    channel.subscribe("jobs")
    for message in channel.listen():
        if message["type"] == "message":
            yield pickle.loads(message["data"])  # finding: pickle-over-network configurable high source=redis


def local():
    client = redis.StrictRedis(host="localhost")
    return pickle.loads(client.get("state"))  # finding: pickle-over-network this-host medium source=redis


async def alisten(url: str):
    client = aredis.from_url(url)
    return pickle.loads(await client.get("state"))  # finding: pickle-over-network configurable high source=redis

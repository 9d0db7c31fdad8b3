"""The other two Kafka clients: a poll loop and an asynchronous iterator."""

import os
import pickle

from aiokafka import AIOKafkaConsumer
from confluent_kafka import Consumer


def poll():
    consumer = Consumer({"bootstrap.servers": os.environ["BROKERS"], "group.id": "workers"})
    consumer.subscribe(["jobs"])
    while True:
        message = consumer.poll(1.0)
        if message is None or message.error():
            continue
        yield pickle.loads(message.value())  # finding: pickle-over-network high source=kafka


async def iterate(servers):
    consumer = AIOKafkaConsumer("jobs", bootstrap_servers=servers)
    await consumer.start()
    async for message in consumer:
        yield pickle.loads(message.value)  # finding: pickle-over-network configurable high source=kafka

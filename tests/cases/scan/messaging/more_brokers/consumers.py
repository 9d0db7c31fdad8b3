"""Message brokers call back, or are iterated; the broker's address is configured."""

import json
import pickle

import nats
import pika


def consume(host):
    connection = pika.BlockingConnection(pika.ConnectionParameters(host=host))
    channel = connection.channel()

    def on_message(ch, method, properties, body):
        print(pickle.loads(body))  # finding: pickle-over-network high
        ch.basic_ack(delivery_tag=method.delivery_tag)

    channel.basic_consume(queue="jobs", on_message_callback=on_message)
    channel.start_consuming()


def on_json(ch, method, properties, body):
    print(json.loads(body))  # safe: pickle-over-network


def consume_json(host):
    channel = pika.BlockingConnection(pika.ConnectionParameters(host)).channel()
    channel.basic_consume("jobs", on_json)


async def subscribe(servers):
    client = await nats.connect(servers)

    async def handler(message):
        print(pickle.loads(message.data))  # finding: pickle-over-network high

    await client.subscribe("jobs", cb=handler)

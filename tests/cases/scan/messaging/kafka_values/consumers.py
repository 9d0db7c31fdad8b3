"""Kafka: a deserializer given as a function, a lambda, or the message's value loaded by hand."""

import json
import pickle

from kafka import KafkaConsumer


def by_function(servers):
    consumer = KafkaConsumer("jobs", bootstrap_servers=servers, value_deserializer=pickle.loads)  # finding: pickle-over-network configurable high source=kafka role=connect
    for message in consumer:
        print(message.value)


def by_lambda(servers):
    consumer = KafkaConsumer("jobs", bootstrap_servers=servers, value_deserializer=lambda m: pickle.loads(m))  # finding: pickle-over-network configurable high source=kafka
    for message in consumer:
        print(message.value)


def by_hand(servers):
    for message in KafkaConsumer("jobs", bootstrap_servers=servers):
        print(pickle.loads(message.value))  # finding: pickle-over-network configurable high source=kafka


def as_json(servers):
    for message in KafkaConsumer("jobs", bootstrap_servers=servers, value_deserializer=json.loads):  # safe: pickle-over-network
        print(message.value)

"""The deserializer is handed to a generic loop; with json it is harmless, though the call is the same kind."""

import json
import pickle

import zmq


def pump(sock, load, handle):
    while True:
        handle(load(sock.recv()))  # finding: pickle-over-network any-host critical source=zmq one-of=pump


def pump_text(sock, load, handle):
    while True:
        handle(load(sock.recv()))  # safe: pickle-over-network


def main(handle):
    ctx = zmq.Context()
    jobs = ctx.socket(zmq.PULL)
    jobs.bind("tcp://*:7802")
    text = ctx.socket(zmq.PULL)
    text.bind("tcp://*:7803")
    pump_text(text, json.loads, handle)
    pump(jobs, pickle.loads, handle)  # finding: pickle-over-network any-host critical source=zmq one-of=pump

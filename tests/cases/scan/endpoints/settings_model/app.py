"""Settings models, command options, and configuration files decide: configurable."""

import configparser
import pickle
from typing import NamedTuple

import click
import yaml
import zmq
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    listen_host: str = "0.0.0.0"
    listen_port: int = 9100


class Options(NamedTuple):
    host: str
    port: int


settings = Settings()


def from_settings():
    sock = zmq.Context.instance().socket(zmq.PULL)
    sock.bind(f"tcp://{settings.listen_host}:{settings.listen_port}")
    return pickle.loads(sock.recv())  # finding: pickle-over-network configurable high role=bind


def from_yaml(path):
    with open(path) as file:
        config = yaml.safe_load(file)
    sock = zmq.Context.instance().socket(zmq.PULL)
    sock.bind("tcp://%s:%d" % (config["host"], config["port"]))
    return pickle.loads(sock.recv())  # finding: pickle-over-network configurable high role=bind


def from_ini(path):
    config = configparser.ConfigParser()
    config.read(path)
    sock = zmq.Context.instance().socket(zmq.PULL)
    sock.bind(config.get("server", "address", fallback="tcp://*:9101"))
    return pickle.loads(sock.recv())  # finding: pickle-over-network configurable high role=bind


def from_tuple(options: Options):
    sock = zmq.Context.instance().socket(zmq.PULL)
    sock.bind(f"tcp://{options.host}:{options.port}")
    return pickle.loads(sock.recv())  # finding: pickle-over-network configurable high role=bind


@click.command()
@click.option("--host", default="0.0.0.0", show_default=True)
@click.option("--port", type=int, required=True)
def main(host, port):
    sock = zmq.Context.instance().socket(zmq.PULL)
    sock.bind(f"tcp://{host}:{port}")
    return pickle.loads(sock.recv())  # finding: pickle-over-network configurable high role=bind

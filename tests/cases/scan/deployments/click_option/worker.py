"""The option of a click command, which fills a parameter."""

import pickle

import click
import zmq


@click.command()
@click.option("--interface", default="127.0.0.1")
def main(interface):
    jobs = zmq.Context().socket(zmq.PULL)
    jobs.bind(f"tcp://{interface}:5557")
    print(pickle.loads(jobs.recv()))  # finding: pickle-over-network any-host critical role=bind


if __name__ == "__main__":
    main()

"""A manager of the standard library: its server in a process on tcp, with an authentication key; the client here."""

import multiprocessing
import sys
from multiprocessing.connection import Client
from multiprocessing.managers import BaseManager

import marker
import talk
from pool import Shape

KEY = b"of the bench"


class Shelf:
    """What is shared."""

    def __init__(self) -> None:
        self._kept: dict[int, Shape] = {}

    def put(self, number: int, shape: Shape) -> None:
        """Keeps it."""
        self._kept[number] = shape

    def get(self, number: int) -> Shape:
        """Gives it. Raises KeyError."""
        return self._kept[number]


class Manager(BaseManager):
    """Shares shelves."""


Manager.register("Shelf", Shelf)


def ask(shelf: Shelf, number: int) -> bool:
    """A result, and an exception."""
    try:
        shelf.get(-1)
    except KeyError:
        failed = True
    else:
        failed = False
    shelf.put(number, Shape(number))
    return failed and shelf.get(number).side == number


def attack(port: str, flag: str) -> None:
    """Another process that has the key."""
    with Client(("127.0.0.1", int(port)), authkey=KEY) as connection:
        connection.send(marker.Marker(flag))
        connection.poll(5)


def main() -> None:
    """The program."""
    with Manager(("127.0.0.1", 0), KEY, ctx=multiprocessing.get_context("spawn")) as manager:
        shelf = manager.Shelf()
        talk.converse({"address": manager.address[1]}, {"good": talk.counted(lambda number: ask(shelf, number))})


if __name__ == "__main__":
    if sys.argv[1:2] == ["attack"]:
        attack(*sys.argv[2:])
    else:
        main()

"""python-rpc: REQ and REP; the server runs in a thread, the client asks it for attributes and calls."""

import threading

import ports
import talk
from pyrpc import Client, Server


class Shop:
    """What is served."""

    def __init__(self) -> None:
        self.opened = 1

    def price(self, weight: int, unit: str = "g") -> dict[str, object]:
        """A call with arguments of both kinds."""
        return {"weight": weight, "unit": unit, "cents": weight * 3}

    def fail(self) -> None:
        """Raises."""
        raise LookupError("no such thing")


def main() -> None:
    """The program."""
    address = f"tcp://127.0.0.1:{ports.free()}"
    server = Server(Shop(), address=address)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    client = Client(address=address)

    def ask(number: int) -> bool:
        try:
            client.fail()
        except LookupError as error:
            failed = str(error) == "no such thing"
        else:
            failed = False
        right = {"weight": number, "unit": "kg", "cents": number * 3}
        return failed and client.opened == 1 and "price" in dir(client) and client.price(number, unit="kg") == right

    talk.converse(
        {"stranger": ["connect", "REQ", address]},
        {"good": talk.counted(ask), "alive": lambda: {"alive": thread.is_alive()}},
    )


if __name__ == "__main__":
    main()

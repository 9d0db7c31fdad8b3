"""Names of what is generated: after what is sent or who sends it, each once."""

import keyword
import re
from collections.abc import Iterable

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SENDING = frozenset({"send", "put", "push", "publish", "emit", "dispatch", "to", "pyobj", "obj", "object", "async"})
_EMPTY = frozenset(
    {
        "data",
        "msg",
        "message",
        "messages",
        "payload",
        "packet",
        "body",
        "value",
        "item",
        "buf",
        "self",
        "it",
        "obj",
        "object",
        "res",
        "ret",
        "req",
    }
)
_SAYING = (
    "Request",
    "Response",
    "Reply",
    "Result",
    "Results",
    "Message",
    "Event",
    "Command",
    "Update",
    "Input",
    "Output",
)


def words(name: str) -> list[str]:
    """The words of an identifier or text, in lower case: `send_toJSON` gives send, to, json."""
    return [word.lower() for word in _WORDS.findall(name)]


def camel(name: str) -> str:
    """A class's name of the words in a text; "" if it has none that could begin one."""
    made = "".join(word.capitalize() for word in words(name))
    return "" if not made or made[0].isdigit() else made


def message_name(value: str, qualname: str) -> str:
    """Name of a message type: after the expression that is sent if that is a telling name, else after the sender."""
    if value and not set(words(value)) <= _EMPTY and len(value) > 2:
        return camel(value) or "Message"
    told = [word for word in words(qualname.rpartition(".")[2]) if word not in _SENDING | _EMPTY]
    made = camel("_".join(told)) if told and told not in (["module"], ["init"]) else ""
    if not made:
        return "Message"
    return made if made.endswith(_SAYING) else f"{made}Message"


class Names:
    """Gives out each name once."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)

    def free(self, wanted: str) -> str:
        """`wanted`, or that with a number behind it."""
        name, number = wanted, 1
        while name in self._taken or keyword.iskeyword(name):
            number += 1
            name = f"{wanted}{number}"
        self._taken.add(name)
        return name

"""What a receiver takes a message for is read from its code where all ways agree, and nothing else is."""

import pytest

from gnomon.core.shape import Either, Keyed, Mapping, Plain, Record, Row, Sequence, Shape, Unknown
from tests.scan.receivers import used

STR, INT, FLOAT, BOOL, NONE, BYTES = (Plain(name) for name in ("str", "int", "float", "bool", "None", "bytes"))
NUMBER = Either(shapes=(INT, FLOAT))
CLASSES = """
from dataclasses import dataclass
from typing import cast


@dataclass
class Request:
    prompt: str
    tokens: int = 8


@dataclass
class Stop:
    pass
"""


def of(body: str, more: str = "") -> Shape:
    """What the message of a function with this body is used as."""
    lines = "\n".join(f"    {line}" for line in body.strip("\n").splitlines())
    return used(f"{CLASSES}\n{more}\n\ndef serve(queue, flag):\n{lines}\n").shape


def names(shape: Shape) -> list[str]:
    """The classes of the alternatives, and words for what is of none."""
    every = shape.shapes if isinstance(shape, Either) else (shape,)
    return sorted(each.qualname if isinstance(each, Record) else type(each).__name__ for each in every)


@pytest.mark.parametrize(
    ("body", "shape"),
    [
        ("message: list[int] = receive()", Sequence(kind="list", element=INT)),
        ("message = cast(dict[str, int], receive())", Mapping(key=STR, value=INT)),
        ("assert isinstance(receive(), str)", STR),
        ("m = receive()\nif not isinstance(m, (int, str)):\n    return\nqueue.put(m)", Either(shapes=(INT, STR))),
        ("message = receive()\nif message == b'quit':\n    return\nraise ValueError", BYTES),
        ("if receive() is None:\n    return\nraise ValueError", NONE),
        ("op = receive()\nif op in ('add', 'stop'):\n    print(op)", STR),
        ("op, (a, b) = receive()\nprint(a + 0.5)\nif op != 1:\n    raise ValueError",
         Row(items=(INT, Row(items=(NUMBER, Unknown(why="")))))),
        ("for each in receive():\n    print(each.encode())", Sequence(kind="list", element=STR)),
        ("[each.startswith(b'a') for each in receive()]", Sequence(kind="list", element=BYTES)),
        ("receive().decode()", BYTES),
        ("print(receive() - 1)", NUMBER),
        ("print('a' + receive())", STR),
        ("getattr(queue, receive())()", STR),
        ("{'add': 1, 'stop': 2}[receive()]", STR),
        ("message = receive()\nqueue(**message)", Mapping(key=STR, value=Unknown(why=""))),
        ("Request(**receive())", Keyed(fields=(("prompt", STR), ("tokens", INT)), optional=("tokens",))),
    ],
)  # fmt: skip
def test_uses(body: str, shape: Shape) -> None:
    """Annotations, tests, comparisons with constants, unpacking, loops, operators and calls say what they need."""
    assert blank(of(body)) == blank(shape)


def blank(shape: Shape) -> object:
    """The shape without what is said of its unknown parts, in any order of alternatives."""
    match shape:
        case Unknown():
            return "unknown"
        case Either():
            return frozenset(map(blank, shape.shapes))
        case Row():
            return ("row", *map(blank, shape.items))
        case Keyed():
            return {name: blank(inner) for name, inner in shape.fields}, sorted(shape.optional)
        case Mapping():
            return "mapping", blank(shape.key), blank(shape.value)
        case _:
            return shape


def test_keys() -> None:
    """A dictionary whose keys are all written out has them; those that only some ways read are optional."""
    shape = of("""
message = receive()
if message["op"] == "add":
    print(message["x"] - 1)
elif message["op"] == "stop":
    print(message.get("why"))
else:
    raise ValueError
""")

    assert blank(shape) == ({"op": STR, "x": frozenset({INT, FLOAT}), "why": "unknown"}, ["why", "x"])


def test_a_dictionary_that_goes_elsewhere_may_have_more_keys() -> None:
    """What is not followed may read any key, so that only the kind of the keys is told."""
    assert blank(of('message = receive()\nprint(message["op"])\nqueue.put(message)')) == ("mapping", STR, "unknown")


def test_every_way_has_to_agree() -> None:
    """A way on which nothing is done with the message, or something else, leaves it unknown."""
    assert "Unknown" in names(of('message = receive()\nif flag:\n    return\nprint(message["op"])'))
    assert "Unknown" in names(
        of('message = receive()\nif flag:\n    print(message["op"])\nelse:\n    queue.put(message)')
    )
    assert "Unknown" in names(of("message = receive()\nif isinstance(message, Request):\n    print(message)"
                                 "\nelse:\n    queue.put(message)"))  # fmt: skip


def test_a_check_ends_the_others() -> None:
    """What is refused, or dropped by a test of its type, was of no use: the ways that are left decide."""
    dispatch = """
while True:
    message = receive()
    if isinstance(message, Stop):
        break
    elif isinstance(message, Request):
        queue.put(message)
    else:
        {last}
"""
    assert names(of(dispatch.format(last="raise TypeError"))) == ["Request", "Stop"]
    assert names(of(dispatch.format(last="continue"))) == ["Request", "Stop"]
    assert names(of(dispatch.format(last="queue.put(message)"))) == ["Request", "Stop", "Unknown"]


def test_patterns() -> None:
    """The cases of a `match` are ways; one that takes anything says nothing."""
    body = """
match receive():
    case {{"op": "add", "x": int(x)}}:
        print(x)
    case {{"op": "stop"}}:
        return
    case {last}
"""
    whole = {"op": STR, "x": INT}

    assert blank(of(body.format(last="_:\n        raise ValueError"))) == (whole, ["x"])
    assert "Unknown" in names(of(body.format(last="other:\n        queue.put(other)")))
    assert names(
        of("match receive():\n    case Request(prompt=p) | Stop():\n        pass\n    case _:\n        return")
    ) == [
        "Request",
        "Stop",
    ]


def test_attributes_tell_a_class() -> None:
    """Attributes that one class of the target has, and no other, are read of its objects; a single one is too few."""
    assert names(of("message = receive()\nprint(message.prompt, message.tokens)")) == ["Request"]
    assert names(of("message = receive()\nprint(message.prompt)")) == ["Unknown"]
    twin = "@dataclass\nclass Twin:\n    prompt: str\n    tokens: int\n"
    assert names(of("message = receive()\nprint(message.prompt, message.tokens)", twin)) == ["Unknown"]


def test_it_is_followed_into_functions_and_back() -> None:
    """A function that takes it says by annotation or by use what it is; callers say it of what is returned."""
    annotated = "def handle(request: Request):\n    ...\n"
    returning = "def get() -> Request:\n    return receive()\n"
    bare = "def handle(request):\n    assert isinstance(request, Request)\n"
    reading = used(f"""
{CLASSES}
class Link:
    def get(self):
        return receive()

    def run(self):
        message = self.get()
        if message is None:
            return
        print(message.decode())
""")

    assert names(of("handle(receive())", annotated)) == ["Request"]
    assert names(of("handle(receive())", bare)) == ["Request"]
    assert names(of("get()", returning)) == ["Request"]
    assert reading.shape == Either(shapes=(BYTES, NONE))
    assert any("is returned (app.py:19)" in why and "`.decode()`" in why for why in reading.whys)


def test_an_error_ends_a_way() -> None:
    """A handler that does not go on with the message refuses what raised; one that may read it sees all of it."""
    body = "try:\n    message = receive()\n    print(message['op'])\nexcept KeyError:\n    {last}"

    assert blank(of(body.format(last="return"))) == ({"op": "unknown"}, [])
    assert blank(of(body.format(last="queue.put(message)"))) == ("mapping", STR, "unknown")


def test_uses_that_contradict_one_another_tell_nothing() -> None:
    """The clause names both places."""
    shape = of("message = receive()\nassert isinstance(message, str)\nprint(message['op'])")

    assert isinstance(shape, Unknown)
    assert "app.py:20" in shape.why
    assert "app.py:21" in shape.why


def test_a_name_that_other_functions_see_is_not_closed() -> None:
    """What is kept in a global, or used by an inner function, may be read there by any key."""
    for keep in ("global last\nlast = message", "def inner():\n    return message['more']"):
        assert blank(of(f"message = receive()\nprint(message['op'])\n{keep}")) == ("mapping", STR, "unknown")


def test_too_many_ways_tell_nothing() -> None:
    """A function with more branches than are followed is said to be so."""
    tests = "\n".join(f"if message['k{n}'] == {n}:\n    print(message['v{n}'])" for n in range(9))
    shape = of(f"message = receive()\n{tests}")

    assert isinstance(shape, Unknown)
    assert "more ways" in shape.why

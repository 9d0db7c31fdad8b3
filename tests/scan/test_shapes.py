"""What is sent is told as far as the code tells it, and no further."""

import pytest

from gnomon.core.shape import (
    Array,
    Either,
    Failure,
    Keyed,
    Mapping,
    Plain,
    Record,
    Row,
    Sequence,
    Standard,
    Unknown,
    unknowns,
)
from tests.scan.messages import sent

STR, INT, FLOAT, BOOL, NONE, BYTES = (Plain(name) for name in ("str", "int", "float", "bool", "None", "bytes"))
STRINGS = Sequence(kind="list", element=STR)


@pytest.mark.parametrize(
    ("code", "shape"),
    [
        ("send(1)", INT),
        ("send(-1.5)", FLOAT),
        ("send(f'{name}!')", STR),
        ("send(b'a' + b'b')", BYTES),
        ("send(('stop', None))", Row(items=(STR, NONE))),
        ("send([1, 2])", Sequence(kind="list", element=INT)),
        ("send({1, 2})", Sequence(kind="set", element=INT)),
        ("send({'a': 1, 'b': ['x']})", Keyed(fields=(("a", INT), ("b", STRINGS)))),
        ("send(dict(a=1, **{'b': 2.0}))", Keyed(fields=(("a", INT), ("b", FLOAT)))),
        ("send({1: 'a'})", Mapping(key=INT, value=STR)),
        ("send({k: 1.0 for k in ('a', 'b')})", Mapping(key=STR, value=FLOAT)),
        ("send([len(x) for x in 'ab'.split()])", Sequence(kind="list", element=INT)),
        ("send('a,b'.split(',')[0].upper())", STR),
        ("send(3 / 2)", FLOAT),
        ("send(3 // 2 + 1)", INT),
        ("send('%s' % name)", STR),
        ("send((1,) + ('a',))", Row(items=(INT, STR))),
        ("send(len(x) > 3)", BOOL),
        ("send(not x)", BOOL),
        ("send('a' if x else None)", Either(shapes=(STR, NONE))),
        ("send(1 if x else 1.5)", Either(shapes=(INT, FLOAT))),
        ("import time\nsend(time.time())", FLOAT),
        ("import uuid\nsend(uuid.uuid4().hex)", STR),
        ("from uuid import uuid4\nsend(uuid4())", Standard("uuid.UUID")),
        ("import os\nsend(os.environ.get('A', 'b'))", STR),
        ("import os\nsend(os.getenv('A'))", Either(shapes=(STR, NONE))),
        ("import numpy as np\nsend(np.zeros(3).astype('f4'))", Array(library="numpy")),
        ("import torch\nsend(torch.ones(2).cpu())", Array(library="torch")),
        ("import pickle\nsend(pickle.dumps(x))", BYTES),
        ("send(ValueError('a'))", Failure(name="ValueError")),
        ("send([(i, x) for i, x in enumerate('ab')])", Sequence(kind="list", element=Row(items=(INT, STR)))),
        ("send(list({'a': 1}.items()))", Sequence(kind="list", element=Row(items=(STR, INT)))),
        ("send(sorted({'b', 'a'}))", STRINGS),
        ("send(int(x) or None)", Either(shapes=(INT, NONE))),
    ],
)
def test_expressions(code: str, shape: object) -> None:
    """Literals, containers, operators and well-known calls have the shapes that Python gives them."""
    assert sent(code) == shape


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("send(unheard_of())", "unheard_of"),
        ("import library\nsend(library.make(1))", "library"),
        ("send(lambda: 1)", "lambda"),
        ("send(x for x in 'ab')", "generator"),
        ("def f(task):\n    send(task)", "`task` is a parameter of `f` that nothing in the target gives"),
        ("send(open)", "open"),
        ("def f():\n    pass\nsend(f)", "`f` is a function"),
        ("async def f():\n    return 1\nsend(f())", "not awaited"),
        ("import numpy as np\nsend(np.zeros(3) == x)", "compared"),
        ("send(x ** 2)", "x"),
    ],
)
def test_what_is_not_known_is_told(code: str, word: str) -> None:
    """Nothing is guessed: there is one Unknown, whose clause names what could not be followed, and where."""
    shape = sent(code)

    assert isinstance(shape, Unknown)
    assert word in shape.why
    assert "app.py:" in shape.why
    assert shape.site is not None


def test_keys_that_are_added_later_count() -> None:
    """A dictionary has what is put into it before it is sent; what only some runs put in is optional."""
    shape = sent("""
        def answer(stream):
            message = {"id": 1}
            message["text"] = "a"
            if stream:
                message["delta"] = ["a"]
            message.update(done=True)
            send(message)
            message["late"] = 1
    """)

    assert shape == Keyed(fields=(("id", INT), ("text", STR), ("delta", STRINGS), ("done", BOOL)), optional=("delta",))


def test_a_list_that_is_filled() -> None:
    """An empty list has the elements that are put into it, also by other methods of the class."""
    shape = sent("""
        class Worker:
            def __init__(self):
                self.done = []

            def finish(self, number: int):
                self.done.append(number)

            def report(self):
                names = []
                for name in ("a", "b"):
                    names.append(name)
                send((self.done, names))
    """)

    assert shape == Row(items=(Sequence(kind="list", element=INT), STRINGS))


def test_what_callers_give() -> None:
    """A parameter is what the calls in the program pass, `*args` and `**kwargs` too, or else its default."""
    shape = sent("""
        def call(method, *args, timeout=None, **options):
            send((method, args, timeout, options))

        call("generate", "text", 3, stream=True)
        call("stop", "now", 4, timeout=1.5)
    """)

    assert shape == Row(
        items=(
            STR,
            Row(items=(STR, INT)),
            Either(shapes=(FLOAT, NONE)),
            Keyed(fields=(("stream", BOOL),), optional=("stream",)),
        )
    )


def test_annotations() -> None:
    """What nothing in the target gives is what its annotation says, forward references and aliases included."""
    shape = sent(
        """
        from __future__ import annotations
        from typing import Annotated, List, Literal, Optional, Union
        import numpy as np
        from numpy.typing import NDArray
        from kinds import Ids

        def f(a: Optional[int], b: "Union[str, bytes]", c: dict[str, List[float]], d: tuple[int, ...], e: Ids,
              g: NDArray[np.float32], h: Literal["a", "b"], i: Annotated[int, "unit"], j: str = None):
            send((a, b, c, d, e, g, h, i, j))
        """,
        kinds="Ids = list[int] | None\n",
    )

    assert shape == Row(
        items=(
            Either(shapes=(INT, NONE)),
            Either(shapes=(STR, BYTES)),
            Mapping(key=STR, value=Sequence(kind="list", element=FLOAT)),
            Sequence(kind="tuple", element=INT),
            Either(shapes=(Sequence(kind="list", element=INT), NONE)),
            Array(library="numpy"),
            STR,
            INT,
            Either(shapes=(STR, NONE)),
        )
    )


def test_a_wrong_annotation_is_not_believed() -> None:
    """What callers are seen to give counts for more than what the parameter is declared to be."""
    shape = sent("""
        def reply(data: bytes):
            send(data)

        reply({"ok": True})
    """)

    assert shape == Keyed(fields=(("ok", BOOL),))


KINDS = """
    import enum
    from dataclasses import dataclass, field
    from typing import Any, Callable, ClassVar, NamedTuple, TypedDict
    import attrs
    import msgspec
    from pydantic import BaseModel

    class Color(enum.Enum):
        RED = "red"
        BLUE = "blue"

    @dataclass
    class Node:
        name: str
        color: Color
        children: list["Node"] = field(default_factory=list)
        note: str = None
        limit: ClassVar[int] = 3

    class Struct(msgspec.Struct):
        n: int

    class Point(NamedTuple):
        x: float

    class Options(TypedDict):
        stream: bool

    class Model(BaseModel):
        text: str | None = None

    @attrs.define
    class Attrs:
        n: int

    class Plain:
        def __init__(self, n):
            self.n = n

    @dataclass
    class Built:
        n: int
        def __init__(self, text):
            self.n = len(text)

    class Broken(RuntimeError):
        pass
"""


@pytest.mark.parametrize(
    ("made", "kind", "fields"),
    [
        ("Node('a', Color.RED)", "dataclass", ["name", "color", "children", "note"]),
        ("Color.RED", "enum", ["RED", "BLUE"]),
        ("Struct(1)", "struct", ["n"]),
        ("Point(1.0)", "namedtuple", ["x"]),
        ("Model()", "pydantic", ["text"]),
        ("Attrs(1)", "class", ["n"]),
        ("Plain(1)", "class", []),
        ("Built('a')", "class", []),
    ],
)
def test_records(made: str, kind: str, fields: list[str]) -> None:
    """An object of a class of the target is a record of its kind, with the fields that its class declares."""
    shape = sent(f"from kinds import *\nsend({made})", kinds=KINDS)

    assert isinstance(shape, Record)
    assert shape.kind == kind
    assert [name for name, _ in shape.fields] == fields
    assert shape.site.path == "kinds.py"


def test_a_record_within_itself() -> None:
    """The inner record has no fields, so that the shape ends; None by default against the annotation is told."""
    shape = sent("from kinds import Node\n\ndef f(node: Node):\n    send(node)", kinds=KINDS)

    assert isinstance(shape, Record)
    inner = dict(shape.fields)["children"]
    assert inner == Sequence(kind="list", element=Record(kind="dataclass", site=shape.site, qualname="Node"))
    assert len(shape.loose) == 1
    assert "`str`, and None by default" in shape.loose[0]


def test_exceptions() -> None:
    """What is caught, and objects of the target's own exceptions, are failures."""
    caught = sent("try:\n    pass\nexcept (KeyError, OSError) as error:\n    send(error)")
    own = sent("from kinds import Broken\nsend(Broken('a'))", kinds=KINDS)

    assert caught == Failure()
    assert own == Failure(name="Broken")


def test_what_inherits_may_be_sent_too() -> None:
    """A parameter that is declared as a class can be an object of each class that inherits from it."""
    shape = sent("""
        from abc import ABC
        from dataclasses import dataclass

        class Request(ABC):
            pass

        @dataclass
        class Ask(Request):
            text: str

        @dataclass
        class Stop(Request):
            pass

        def f(request: Request):
            send(request)
    """)

    assert isinstance(shape, Either)
    assert [each.qualname for each in shape.shapes if isinstance(each, Record)] == ["Ask", "Stop"]


def test_what_functions_return_and_yield() -> None:
    """A call is what the function returns, with its own arguments; a loop over a generator takes what it yields."""
    shape = sent("""
        def make(kind):
            return {"kind": kind}

        def each():
            yield 1
            yield from ["a"]

        async def later() -> float:
            return 1.0

        async def main():
            send((make("a"), make(2), [x for x in each()], await later()))
    """)

    assert shape == Row(
        items=(
            Keyed(fields=(("kind", STR),)),
            Keyed(fields=(("kind", INT),)),
            Sequence(kind="list", element=Either(shapes=(INT, STR))),
            FLOAT,
        )
    )


def test_code_that_comes_back_to_itself() -> None:
    """A value that is made of itself has the shape of what it begins with, and calls end at some depth."""
    shape = sent("""
        def again(x):
            return again(int(x)) if x else {"x": 1}

        total = 0
        while total < 9:
            total = total + 1
        send((again(int(y)), total))
    """)

    assert isinstance(shape, Row)
    called, total = shape.items
    assert isinstance(called, Either)
    assert called.shapes[0] == Keyed(fields=(("x", INT),))
    assert "nested too deeply" in unknowns(called)[0].why
    assert total == INT


def test_deep_code_ends() -> None:
    """A chain of a thousand assignments is cut short, and says so."""
    lines = [f"a{number} = a{number - 1}" for number in range(1, 1000)]
    shape = sent("\n".join(["a0 = 1", *lines, "send(a999)"]))

    assert [each for each in unknowns(shape) if "cut short" in each.why]


def test_a_public_function_that_takes_any_dictionary_sends_any() -> None:
    """What the target itself passes is not all: who imports it may pass other keys."""
    code = """
        from typing import Any, Dict

        def {name}(message: Dict[str, Any]):
            send(message)

        {name}({{"status": "done"}})
    """

    public, private = (sent(code.format(name=name)) for name in ("tell", "_tell"))

    assert isinstance(public, Mapping)
    assert public.key == STR
    assert private == Keyed(fields=(("status", STR),))

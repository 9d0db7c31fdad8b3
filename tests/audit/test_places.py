"""Flawed code is found by what a function uses, whatever is around it and whatever comments say."""

import pytest

from gnomon.audit.places import Texts, look
from gnomon.core.advisory import Condition, FlawedCode
from gnomon.python.parse import Unparsable

PATH = "serve/queue.py"
CODE = FlawedCode(path=PATH, qualname="Server.handle", uses=("pickle.loads", "recv_pyobj"))
FLAWED = """\
import pickle
class Server:
    async def handle(self):
        return pickle.loads(await self.socket.recv())
"""


def found(code, text, path=f"lib/site-packages/{PATH}"):
    """The place in one file."""
    return look(Texts({path: text.encode()}), code)


def test_a_load_is_there_at_its_line():
    """The function's name and the call's are enough."""
    place = found(CODE, FLAWED)

    assert (place.state, place.path) == ("present", f"lib/site-packages/{PATH}")
    assert [(use.name, use.line) for use in place.uses] == [("pickle.loads", 4)]


@pytest.mark.parametrize(
    "text",
    [
        FLAWED.replace("pickle.loads(", "json.loads(") + "# pickle.loads was here\n",
        FLAWED.replace("pickle.loads(", "json.loads(").replace(
            "handle(self):", 'handle(self):\n        "pickle.loads"'
        ),
        FLAWED.replace("handle", "other"),
        "import pickle\ndef handle(self):\n    return pickle.loads(self)\n",
    ],
)
def test_look_alikes_are_absent(text):
    """Comments, docstrings, and functions of other names don't count."""
    assert found(CODE, text).state == "absent"


def test_a_load_that_is_a_default_counts():
    """What is handed on is used as much as what is called."""
    code = FlawedCode(path=PATH, qualname="Socket.__init__", uses=("pickle.loads",))

    assert (
        found(code, "import pickle\nclass Socket:\n    def __init__(self, read=pickle.loads): ...\n").state == "present"
    )


def test_the_last_definition_counts_also_under_a_condition():
    """As when Python runs the module."""
    text = "if True:\n    def handle(): return pickle.loads(b'')\nelse:\n    def handle(): return 1\n"

    assert found(FlawedCode(path=PATH, qualname="handle", uses=("pickle.loads",)), text).state == "absent"


def test_names_and_texts_of_a_repair_make_it_absent():
    """A check by name, or the text of what it refuses."""
    text = FLAWED.replace("return", "if self.is_main: raise ValueError('no pickle')\n        return")

    for lacks in ("is_main", "no pickle"):
        assert (
            found(FlawedCode(path=PATH, qualname="Server.handle", uses=CODE.uses, lacks=(lacks,)), text).state
            == "absent"
        )


def test_a_load_behind_another_address_is_mitigated():
    """The load is there, and the condition that made it reachable is not."""
    code = FlawedCode(
        path=PATH, qualname="serve", uses=("pickle.loads",), holds=("tcp://*",), mitigated="it is bound to 127.0.0.1"
    )
    text = "def serve(port):\n    s.bind(f'tcp://{}:{{port}}')\n    pickle.loads(s.recv())\n"

    assert found(code, text.format("*")).state == "present"
    place = found(code, text.format("127.0.0.1"))
    assert (place.state, place.reason) == ("mitigated", "it is bound to 127.0.0.1")


def test_conditions_in_another_function():
    """What opens the socket may be elsewhere; if it is gone, nothing is open."""
    opens = Condition(path=PATH, qualname="Server.__init__", holds=("tcp://*",))
    code = FlawedCode(path=PATH, qualname="Server.handle", uses=CODE.uses, when=(opens,))
    init = "    def __init__(self): self.socket.bind('tcp://*:1')\n"

    assert found(code, FLAWED + init).state == "present"
    assert found(code, FLAWED).state == "mitigated"


def test_the_file_nearest_to_the_top_is_the_one():
    """A vendored copy, or a file of the same end elsewhere, does not stand for it."""
    texts = Texts({f"a/vendor/{PATH}": FLAWED.encode(), PATH: b"class Server:\n    def handle(self): ...\n"})

    assert look(texts, CODE).state == "absent"
    assert look(Texts({"preserve/queue.py": FLAWED.encode()}), CODE) is None


def test_switches_are_uses():
    """`weights_only=False` is what is wrong with a load."""
    code = FlawedCode(path=PATH, qualname="<module>", uses=("weights_only=False",))

    assert found(code, "torch.load(f, weights_only=False)\n").state == "present"
    assert found(code, "torch.load(f, weights_only=True)\n").state == "absent"


def test_text_that_is_no_python_is_told():
    """The caller says that it was not looked at."""
    with pytest.raises(Unparsable):
        found(CODE, "x = (\n" * 1_000)

"""Where the bytes of dumps and receives go."""

import ast

import pytest

from gnomon.fix.payload.elsewhere import all_is_loaded, all_is_sent
from tests.fix.programs import dump, load, place, sources_of

SENT = [
    "s.send(pickle.dumps(x))",
    "s.send_multipart([b'', pickle.dumps(x)])",
    "s.send(zlib.compress(base64.b64encode(pickle.dumps(x))))",
    "data = pickle.dumps(x)\n    s.send(struct.pack('!I', len(data)) + data)",
    "data = pickle.dumps(x)\n    size = len(data)\n    log.debug(data)\n    s.send(zlib.compress(data))",
    "data = pickle.dumps(x)\n    packed = zlib.compress(data)\n    if data:\n        s.send(packed)",
]
NOT_SENT = [
    "data = pickle.dumps(x)\n    s.send(data)\n    cache.append(data)",
    "data = pickle.dumps(x)\n    s.send(data)\n    return data",
    "self.data = pickle.dumps(x)\n    s.send(self.data)",
    "data = pickle.dumps(x)\n    s.send(b'')",
    "global data\n    data = pickle.dumps(x)\n    s.send(data)",
    "s.send(b'')\n    return pickle.dumps(x)",
    "s.send(b'')\n    write(pickle.dumps(x))",
]
LOADED = [
    "return pickle.loads(zlib.decompress(s.recv()))",
    "data = s.recv()\n    return pickle.loads(data)",
    "data = zlib.decompress(s.recv())\n    if len(data) > 5:\n        return pickle.loads(data)",
    "data = s.recv()\n    data = pickle.loads(data)\n    return data",
    "while x:\n        data = s.recv()\n        data = pickle.loads(data)\n        other.send(data)",
]
NOT_LOADED = [
    "data = s.recv()\n    cache.append(data)\n    data = pickle.loads(data)\n    return data",
    "data = s.recv()\n    other.send(data)\n    return pickle.loads(data)",
    "self.last = s.recv()\n    return pickle.loads(self.last)",
]


def program(code):
    """A function."""
    return {"a.py": f"def f(self, x, s):\n    {code}\n"}


def sent(code):
    """Whether all is sent; `s.send…(…)` is what sends."""
    files = program(code)
    line = next(line.strip() for line in files["a.py"].split("\n") if line.strip().startswith("s.send"))
    made = dump(files, "a.py", "pickle.dumps(x)", direct=False, sent_at=(place(files, "a.py", line),))
    return all_is_sent(made, sources_of(files))


def loaded(code):
    """Whether all that `s.recv()` gives is loaded."""
    files = program(code)
    calls = [node for node in ast.walk(ast.parse(files["a.py"])) if isinstance(node, ast.Call)]
    text = next(ast.unparse(call) for call in calls if ast.unparse(call.func) == "pickle.loads")
    found = load(files, "a.py", text, direct=False, received_at=(place(files, "a.py", "s.recv()"),))
    return all_is_loaded(found, [found], sources_of(files))


@pytest.mark.parametrize("code", SENT)
def test_what_ends_in_calls_that_send_goes_nowhere_else(code):
    """Through names, and in other forms; looking at it takes nothing away."""
    assert sent(code)


@pytest.mark.parametrize("code", NOT_SENT)
def test_what_is_kept_or_handed_on_may_go_elsewhere(code):
    """A file or another channel might have it loaded."""
    assert not sent(code)


@pytest.mark.parametrize("code", LOADED)
def test_what_is_received_and_loaded_goes_nowhere_else(code):
    """In whatever form."""
    assert loaded(code)


@pytest.mark.parametrize("code", NOT_LOADED)
def test_what_is_received_and_passed_on_may_be_loaded_elsewhere(code):
    """There it would still be taken for a pickle."""
    assert not loaded(code)


def test_what_was_seen_to_be_direct_is_believed():
    """The analyzer follows more than a function."""
    files = program("return pickle.dumps(x)")

    assert all_is_sent(dump(files, "a.py", "pickle.dumps(x)", direct=True), sources_of(files))

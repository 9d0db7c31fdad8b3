"""Generated tests pass on the module that fix writes, and fail on each flawed form of it."""

import ast
import re

import pytest

from gnomon.core.channel import Load
from gnomon.core.patch import Patch, Replacement
from gnomon.core.site import CodeSite
from gnomon.core.tree import SourceFile, Tree
from gnomon.fix.refusals.subject import Subject
from gnomon.fix.regression import tests as written_tests
from gnomon.fix.sources import Sources, span_of
from tests.fix.written import results, text

NO_SOURCES = Sources(Tree(target="t", files=()))
SIGNED = """
import hashlib, hmac, os, pickle
class InvalidMessage(ValueError): pass
class InvalidKey(RuntimeError): pass
def _key():
    if "SIGNED_PICKLE_KEY" not in os.environ: raise InvalidKey("no key")
    return bytes.fromhex(os.environ["SIGNED_PICKLE_KEY"])
def _tag(data):
    return hmac.digest(_key(), data, "sha256")
def dumps(value):
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return _tag(data) + data
def loads(message):
    tag, data = message[:32], message[32:]
    if not hmac.compare_digest(tag, _tag(data)):
        raise InvalidMessage("bad signature")
    return pickle.loads(data)
"""
RESTRICTED = """
import io, pickle
ALLOWED = frozenset({("collections", "OrderedDict"), ("datetime", "date"), ("no_such_module", "Thing")})
class _Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed")
        return super().find_class(module, name)
def loads(data):
    return _Unpickler(io.BytesIO(data)).load()
dumps = pickle.dumps
"""
TYPED = """
import msgspec, pickle
class Ping(msgspec.Struct, tag=True):
    id: int
_decoder = msgspec.msgpack.Decoder(Ping)
def dumps(value):
    return msgspec.msgpack.encode(value)
def loads(data):
    return _decoder.decode(data)
"""
JSON = """
import base64, json, pickle
def dumps(value):
    return json.dumps(value).encode()
def loads(data):
    return json.loads(data)
"""
CODEC = """
from gnomon.wire import Codec
CODEC = Codec()
"""
UNPICKLES = """
import pickle
class InvalidMessage(ValueError): pass
class InvalidKey(Exception): pass
ALLOWED = frozenset()
dumps, loads = pickle.dumps, pickle.loads
"""
GOOD = {"hmac": SIGNED, "restrict": RESTRICTED, "msgspec": TYPED, "json": JSON, "wire": CODEC}
VERIFIES = """    if not hmac.compare_digest(tag, _tag(data)):
        raise InvalidMessage("bad signature")
    return pickle.loads(data)
"""
FLAWED = {
    "plain pickle, hmac": ("hmac", UNPICKLES, "refuses_a_pickle"),
    "plain pickle, restrict": ("restrict", UNPICKLES, "refuses_a_pickle"),
    "plain pickle, msgspec": ("msgspec", TYPED + "loads = pickle.loads\n", "refuses_a_pickle"),
    "plain pickle, json": ("json", UNPICKLES, "refuses_a_pickle"),
    "verified after the load": (
        "hmac",
        SIGNED.replace(VERIFIES, "    value = pickle.loads(data)\n" + VERIFIES.replace("pickle.loads(data)", "value")),
        "refuses_a_changed_message",
    ),
    "a part of the signature": (
        "hmac",
        SIGNED.replace("compare_digest(tag, _tag(data))", "compare_digest(tag[:8], _tag(data)[:8])"),
        "refuses_a_changed_message",
    ),
    "as much as there is of the signature": (
        "hmac",
        SIGNED.replace(
            "tag, data = message[:32], message[32:]", "data = message[32:] or pickle.dumps(None); tag = message[:32]"
        ).replace("_tag(data)):", "_tag(data)[:len(tag)]):"),
        "refuses_a_cut_or_longer_message",
    ),
    "a constant key": (
        "hmac",
        SIGNED.replace('bytes.fromhex(os.environ["SIGNED_PICKLE_KEY"])', 'b"secret"'),
        "refuses_what_was_made_with_another_key",
    ),
    "off without a key": (
        "hmac",
        SIGNED.replace(
            "    tag, data",
            '    if "SIGNED_PICKLE_KEY" not in os.environ: return pickle.loads(message[32:])\n    tag, data',
        ),
        "does_nothing_without_a_key",
    ),
    "a list of what is forbidden": (
        "restrict",
        RESTRICTED.replace("(module, name) not in ALLOWED", 'module in ("os", "subprocess")'),
        "refuses_a_pickle",
    ),
    "a list of modules": (
        "restrict",
        RESTRICTED.replace("(module, name) not in ALLOWED", 'module not in {"collections", "datetime"}'),
        "refuses_what_is_near",
    ),
    "a list of beginnings": (
        "restrict",
        RESTRICTED.replace(
            "(module, name) not in ALLOWED", "not any(m == module and name.startswith(n) for m, n in ALLOWED)"
        ),
        "refuses_what_is_near",
    ),
    "nothing is allowed": (
        "restrict",
        RESTRICTED.replace("(module, name) not in ALLOWED", "True"),
        "finds_what_is_listed",
    ),
    "a hook that unpickles": (
        "msgspec",
        TYPED.replace("Decoder(Ping)", "Decoder(ext_hook=lambda code, data: pickle.loads(data))"),
        "runs_no_pickle_in_an_extension",
    ),
    "a text that is unpickled": (
        "json",
        JSON.replace(
            "json.loads(data)",
            "json.loads(data, object_hook=_revived)\n"
            'def _revived(o): return pickle.loads(base64.b64decode(o["__pickle__"])) if "__pickle__" in o else o',
        ),
        "runs_no_pickle_in_a_text",
    ),
    "a codec that unpickles": (
        "wire",
        CODEC
        + UNPICKLES
        + "class Flawed(Codec):\n    def decode(self, frames): return loads(bytes(frames[0]))\nCODEC = Flawed()\n",
        "reads_no_pickle",
    ),
}


def subject(style, number=""):
    """What the tests of a form are told of it."""
    return Subject(
        style=style,
        module=f"toy/messages{number}.py",
        test=f"tests/test_messages{number}.py",
        good=f"messages{number}.Ping(1)" if style == "msgspec" else '{"id": 1}',
        codec="CODEC" if style == "wire" else "",
    )


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """(names of tests that passed, names of those that did not) of every form's own file, all run in one child."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "toy").mkdir()
    (folder / "tests").mkdir()
    (folder / "toy" / "__init__.py").write_text("raise RuntimeError('what the package imports is heavy')\n")
    forms = {
        **{style: (style, module) for style, module in GOOD.items()},
        **{flaw: FLAWED[flaw][:2] for flaw in FLAWED},
    }
    for number, (style, module) in enumerate(forms.values()):
        about = subject(style, number)
        (folder / about.module).write_text(module)
        (folder / about.test).write_text(text(written_tests(about, (), Patch(), NO_SOURCES)))
    found = results(folder, "tests")
    return {form: found[f"tests/test_messages{number}.py"] for number, form in enumerate(forms)}


@pytest.mark.parametrize("style", GOOD)
def test_the_fixed_form_passes(verdicts, style):
    """All of its tests, although the package's own imports fail."""
    passed, failed = verdicts[style]

    assert not failed
    assert len(passed) >= 2


@pytest.mark.parametrize("flaw", FLAWED)
def test_each_flawed_form_fails(verdicts, flaw):
    """By the test that is named for what it does wrong."""
    style, module, name = FLAWED[flaw]
    assert module != GOOD[style]

    assert any(re.fullmatch(rf"test_messages\d+_{name}", failed) for failed in verdicts[flaw][1])


SERVER = """\
import pickle


class Front:
    def receive(self):
        return pickle.loads(self.socket.recv())

    def cached(self, path):
        first = pickle.loads(path.read_bytes())
        return first or pickle.loads(self.socket.recv())


def main(sock):
    while True:
        print(sock.recv_pyobj())
"""


def _load(sources, path, code, qualname):
    call = next(node for node in ast.walk(sources.module(path)) if ast.unparse(node) == code)
    span = span_of(call)
    return Load(site=CodeSite(path=path, span=span, code=code), api="pickle.loads", qualname=qualname)


def _placed(path):
    """(what loads in the server, the change that replaces it) of a server at that path."""
    sources = Sources(Tree(target="t", files=(SourceFile(path=path, data=SERVER.encode()),)))
    loads = [
        _load(sources, path, "pickle.loads(self.socket.recv())", "Front.receive"),
        _load(sources, path, "sock.recv_pyobj()", "main"),
    ]
    replaced = tuple(Replacement(path=path, span=load.site.span, pieces=("loads(…)",)) for load in loads)
    return sources, loads, Patch(replacements=replaced)


def test_a_call_that_comes_back_fails(tmp_path):
    """Each function that loaded has a test of its own: before the change both fail, after it both pass."""
    sources, loads, patch = _placed("toy/server.py")
    about = subject("weights-only")
    for folder, server in {
        "before": SERVER,
        "after": SERVER.replace("pickle.loads(self", "loads(self").replace("sock.recv_pyobj()", "loads(sock.recv())"),
    }.items():
        (tmp_path / folder / "toy").mkdir(parents=True)
        (tmp_path / folder / "tests").mkdir()
        (tmp_path / folder / "toy" / "server.py").write_text(server)
        (tmp_path / folder / about.test).write_text(text(written_tests(about, loads, patch, sources)))

    names = {"test_toy_server_front_receive_unpickles_nothing", "test_toy_server_main_unpickles_nothing"}
    assert results(tmp_path / "before", about.test) == {about.test: (set(), names)}
    assert results(tmp_path / "after", about.test) == {about.test: (names, set())}


def test_a_function_that_loads_for_another_purpose_too_has_no_test():
    """It would fail for the call that is meant to stay."""
    sources, _, patch = _placed("toy/server.py")
    load = _load(sources, "toy/server.py", "pickle.loads(path.read_bytes())", "Front.cached")

    assert written_tests(subject("weights-only"), [load], patch, sources) == ()


@pytest.mark.parametrize("path", ['a"b/server.py', "a'b\\n/server.py", "a\nimport os\n/\u202eserver.py", '"""/{}%s.py'])
def test_a_path_is_a_literal_whatever_it_is(path):
    """Nothing of a target's names becomes code of the test."""
    sources, loads, patch = _placed(path)
    module = f"{path.rpartition('/')[0]}/signed_pickle.py"
    about = Subject(style="hmac", module=module, test="test_it.py")

    written = ast.parse(text(written_tests(about, loads, patch, sources)))

    assert {path, module} <= {node.value for node in ast.walk(written) if isinstance(node, ast.Constant)}
    assert not [node for node in ast.walk(written) if isinstance(node, ast.alias) and node.name == "os"]

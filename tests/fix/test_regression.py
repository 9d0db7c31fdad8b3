"""Generated tests pass on the module that fix writes, and fail on each flawed form of it."""

import ast
import re

import pytest
from msgspec.structs import replace

from gnomon.core.channel import Load
from gnomon.core.patch import Offer, Patch, Replacement
from gnomon.core.site import CodeSite
from gnomon.core.tree import SourceFile, Tree
from gnomon.fix import regression
from gnomon.fix.generated import restricted, signed
from gnomon.fix.refusals.subject import Subject
from gnomon.fix.sections import composed
from gnomon.fix.sources import Sources, span_of
from tests.fix.written import results, text

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
        loads="" if style == "wire" else "loads",
        dumps="dumps",
        allowed="ALLOWED",
        codec="CODEC" if style == "wire" else "",
        good=f"messages{number}.Ping(1)" if style == "msgspec" else '{"id": 1}',
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
        (folder / about.test).write_text(text(regression.refusals(about)))
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


AFTER = SERVER.replace("pickle.loads(self", "loads(self").replace("sock.recv_pyobj()", "loads(sock.recv())")


def _load(sources, path, code, qualname):
    call = next(node for node in ast.walk(sources.module(path)) if ast.unparse(node) == code)
    span = span_of(call)
    return Load(site=CodeSite(path=path, span=span, code=code), api="pickle.loads", qualname=qualname)


def _placed(path):
    """(what loads in the server, the offer that replaces it) of a server at that path."""
    sources = Sources(Tree(target="t", files=(SourceFile(path=path, data=SERVER.encode()),)))
    loads = [
        _load(sources, path, "pickle.loads(self.socket.recv())", "Front.receive"),
        _load(sources, path, "sock.recv_pyobj()", "main"),
    ]
    replaced = tuple(Replacement(path=path, span=load.site.span, pieces=("loads(…)",)) for load in loads)
    return sources, loads, _offer(Patch(replacements=replaced))


def _offer(patch):
    return Offer(findings=(), style="wire", recipe="payloads", standing="suggested", title="", patch=patch)


def test_a_call_that_comes_back_fails(tmp_path):
    """Each function that loaded has a test of its own: before the change both fail, after it both pass."""
    sources, loads, offer = _placed("toy/server.py")
    sections = regression.tested(offer, loads, sources).tests
    (test,) = {section.path for section in sections}
    for folder, server in {"before": SERVER, "after": AFTER}.items():
        (tmp_path / folder / "toy").mkdir(parents=True)
        (tmp_path / folder / "toy" / "server.py").write_text(server)
        (tmp_path / folder / test).write_text(text(sections))

    names = {"test_toy_server_front_receive_unpickles_nothing", "test_toy_server_main_unpickles_nothing"}
    assert results(tmp_path / "before", test) == {test: (set(), names)}
    assert results(tmp_path / "after", test) == {test: (names, set())}


def test_a_switch_that_goes_away_again_fails(tmp_path):
    """A loader that was told to take plain content alone is called as before, but for its argument."""
    code = "import torch\n\n\ndef load(path):\n    return torch.load(path)\n"
    sources = Sources(Tree(target="t", files=(SourceFile(path="model.py", data=code.encode()),)))
    load = _load(sources, "model.py", "torch.load(path)", "load")
    pieces = ("torch.load(path, weights_only=True)",)
    offer = _offer(Patch(replacements=(Replacement(path="model.py", span=load.site.span, pieces=pieces),)))
    sections = regression.tested(offer, [load], sources).tests
    (test,) = {section.path for section in sections}
    (tmp_path / test).write_text(text(sections))

    name = "test_model_load_loads_plain_content_alone"
    for written, expected in ((code, (set(), {name})), (code.replace("torch.load(path)", *pieces), ({name}, set()))):
        (tmp_path / "model.py").write_text(written)
        assert results(tmp_path, test) == {test: expected}


def test_a_function_that_loads_for_another_purpose_too_has_no_test():
    """It would fail for the call that is meant to stay."""
    sources, _, offer = _placed("toy/server.py")
    load = _load(sources, "toy/server.py", "pickle.loads(path.read_bytes())", "Front.cached")

    assert regression.tested(offer, [load], sources) == offer


@pytest.mark.parametrize("path", ['a"b/server.py', "a'b\\n/server.py", "a\nimport os\n/\u202eserver.py", '"""/{}%s.py'])
def test_a_path_is_a_literal_whatever_it_is(path):
    """Nothing of a target's names becomes code of the test."""
    sources, loads, offer = _placed(path)
    module = f"{path.rpartition('/')[0]}/signed_pickle.py"
    about = Subject(style="hmac", module=module, test="test_it.py", loads="loads", dumps="dumps", good="1")

    written = ast.parse(text((*regression.refusals(about), *regression.tested(offer, loads, sources).tests)))

    assert {path, module} <= {node.value for node in ast.walk(written) if isinstance(node, ast.Constant)}
    assert not [node for node in ast.walk(written) if isinstance(node, ast.alias) and node.name == "os"]


MODULES = {
    "hmac": lambda path, name: signed.sections(path, name, "toy"),
    "restrict": lambda path, name: restricted.sections(path, name, [("collections", "OrderedDict")]),
}


@pytest.mark.parametrize("style", MODULES)
@pytest.mark.parametrize("names", [("",), ("front", "worker")])
def test_the_modules_that_fix_writes_pass(tmp_path, style, names):
    """As the offers of one channel or of two have them: each channel has tests of its own in the one file."""
    path = "toy/pickles.py"
    sources, loads, offer = _placed("toy/server.py")
    sections = [section for name in names for section in MODULES[style](path, name)]
    made = replace(offer, style=style, patch=replace(offer.patch, sections=tuple(sections)))
    tests = regression.tested(made, loads, sources).tests
    files = composed([*sections, *tests])
    for file, written in {"toy/server.py": AFTER, **files}.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(written)

    (test,) = set(files) - {path}
    passed, failed = results(tmp_path, test)[test]
    assert failed == set()
    for name in names:
        assert f"test_{name or 'pickles'}_refuses_a_pickle" in passed

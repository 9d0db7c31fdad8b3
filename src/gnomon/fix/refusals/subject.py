"""The generated module that a test is about, and the marker that shows a pickle being run."""

from msgspec import Struct

from gnomon.core.patch import Section, Style


class Subject(Struct, frozen=True, kw_only=True):
    """What a test needs to know of the module that it is for, and of what in it is for one channel."""

    style: Style
    module: str
    """Its path, relative to the target's root: `toy/signed_pickle.py`."""
    test: str
    """Path of the test file."""
    label: str = ""
    """What the channel is called in names of tests, lower case: `server_main`; "" for the module's only one."""
    loads: str = "loads"
    """What loads, as an attribute of the module: `loads`, `SERVER_MAIN.loads`."""
    dumps: str = "dumps"
    """What dumps; not asked for in style restrict."""
    allowed: str = "ALLOWED"
    """In style restrict: the set of (module, name) pairs."""
    codec: str = ""
    """In style wire: the codec of a channel whose sockets are gnomon.wire's; "" if it has `loads` and `dumps`."""
    good: str = '{"id": 1}'
    """An expression of a message that may be sent; the module goes by the name of its file: `wire_messages.Ping(1)`."""
    as_type: str = ""
    """The type that a dump of `good` names, likewise; "" if its class tells it."""
    dotted: str = ""
    """Absolute name to import it by, if it imports the target's own classes; "" if it stands alone."""
    root: str = ""
    """The folder that `dotted` begins in; "" for the target's root."""

    @property
    def name(self) -> str:
        """What the module is called: the file's name without `.py`."""
        return self.module.rpartition("/")[2].removesuffix(".py")

    @property
    def key_variable(self) -> str:
        """The environment variable that it has its key from; "" if it needs none for the tests."""
        if self.style == "hmac":
            return "SIGNED_PICKLE_KEY"
        return "GNOMON_KEYS" if self.style == "wire" and not self.codec else ""

    @property
    def words(self) -> dict[str, str]:
        """What bodies are filled with."""
        return {
            "label": self.label or self.name,
            "module": self.name,
            "loads": f"{self.name}.{self.loads}",
            "dumps": "pickle.dumps" if self.style == "restrict" else f"{self.name}.{self.dumps}",
            "allowed": f"{self.name}.{self.allowed}",
            "codec": f"{self.name}.{self.codec}",
            "good": f"{self.good}, {self.as_type}" if self.as_type else self.good,
            "attribute": self.loads,
            "variable": self.key_variable,
            "key": new_key(self),
        }


def section(subject: Subject, name: str, imports: tuple[str, ...], body: str) -> Section:
    """A part of the subject's test file; parts of one name are the same."""
    summary = f"`{subject.name}` refuses what a stranger sends, before any of it is run."
    return Section(path=subject.test, name=name, summary=summary, imports=imports, body=body)


def literal(text: str) -> str:
    """A text of the target's as a Python literal, whatever is in it."""
    quoted = ascii(text)
    return f'"{text}"' if quoted == f"'{text}'" and '"' not in text else quoted


def root(subject: Subject) -> Section:
    """Where the target is, from where the test lies."""
    above = subject.test.count("/")
    body = f"ROOT = Path(__file__).resolve().parent{f's[{above}]' if above else ''}\n"
    return section(subject, "0-root", ("from pathlib import Path",), body)


def first(subject: Subject) -> Section:
    """What the other parts share: the marker, and a fixture with the module's name that loads it with a new key."""
    return section(subject, "1-module", _imports(subject), _MARKER + _fixture(subject))


_MARKER = '''\
FIRED: list[str] = []


def fire() -> None:
    """Notes that it was called."""
    FIRED.append("called")


class Marker:
    """Harmless: whoever unpickles it calls `fire`. A stranger's pickle would call what the stranger likes."""

    def __reduce__(self) -> tuple[Callable[[], None], tuple[()]]:
        return fire, ()
'''
_FROM_FILE = '''

def load_%(name)s() -> ModuleType:
    """The module from its file alone: nothing else of the project is imported."""
    spec = importlib.util.spec_from_file_location("%(name)s", ROOT / %(path)s)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
'''
_BY_NAME = '''

def load_%(name)s() -> ModuleType:
    """The module, imported anew."""
    sys.modules.pop("%(dotted)s", None)
    return importlib.import_module("%(dotted)s")
'''
_PLAIN = '''

@pytest.fixture
def %(name)s(%(parameters)s) -> ModuleType:
    """The module under test."""
%(before)s    FIRED.clear()
    return load_%(name)s()
'''
_KEYED = '''

@pytest.fixture
def %(name)s(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module under test, with a key of its own."""
%(before)s    FIRED.clear()
    monkeypatch.delenv("%(variable)s_FILE", raising=False)
    monkeypatch.setenv("%(variable)s", %(key)s)
    return load_%(name)s()
'''


def new_key(subject: Subject) -> str:
    """An expression of a new key, as the module wants it in its variable."""
    return "written(Key.new())" if subject.style == "wire" else "secrets.token_hex(32)"


def _imports(subject: Subject) -> tuple[str, ...]:
    found = ["import sys", "from collections.abc import Callable"]
    found += ["from types import ModuleType", "import importlib" if subject.dotted else "import importlib.util"]
    found += ["import pytest"]
    if subject.key_variable:
        found.append("from gnomon.wire.keys import Key, written" if subject.style == "wire" else "import secrets")
    return tuple(found)


def _fixture(subject: Subject) -> str:
    folder = f"ROOT / {literal(subject.root)}" if subject.root else "ROOT"
    needed = subject.dotted or subject.key_variable
    words = {
        "name": subject.name,
        "path": literal(subject.module),
        "dotted": subject.dotted,
        "variable": subject.key_variable,
        "key": new_key(subject),
        "before": f"    monkeypatch.syspath_prepend({folder})\n" if subject.dotted else "",
        "parameters": "monkeypatch: pytest.MonkeyPatch" if needed else "",
    }
    loading = _BY_NAME if subject.dotted else _FROM_FILE
    return (loading + (_KEYED if subject.key_variable else _PLAIN)) % words

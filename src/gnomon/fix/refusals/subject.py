"""The generated module that a test is about, and the marker that shows a pickle being run."""

from msgspec import Struct

from gnomon.core.patch import Section, Style

KEY_VARIABLES: dict[Style, str] = {"hmac": "SIGNED_PICKLE_KEY", "wire": "GNOMON_KEYS"}
"""Where modules of a style read their key from the environment."""


class Subject(Struct, frozen=True, kw_only=True):
    """What a test needs to know of the module that it is for, and of what in it is for one channel."""

    style: Style
    module: str
    """Its path, relative to the target's root: `toy/signed_pickle.py`."""
    test: str
    """Path of the test file."""
    label: str = ""
    """What the channel is called in names of tests, lower case: `server_main`; "" for the module's only one."""
    loads: str = ""
    """What loads, as the module calls it: `loads`, `loads_server_main`."""
    dumps: str = ""
    """What dumps; "" in style restrict."""
    allowed: str = ""
    """In style restrict: the set of (module, name) pairs."""
    codec: str = ""
    """In style wire: the codec of a channel."""
    types: tuple[str, ...] = ()
    """Types of the channel's sockets: `PULL`."""
    good: str = ""
    """A message that may be sent, as an expression; "" if none is known."""
    as_type: str = ""
    """The type that is given with it; "" if its class tells it."""
    imported: str = ""
    """The module as the test imports names from it, if it is made for the target's own types: `toy.wire_messages`; ""
    for one that stands alone, which is loaded from its file, so that no test needs the rest of the project."""

    @property
    def name(self) -> str:
        """What the module is called: the file's name without `.py`."""
        return self.module.rpartition("/")[2].removesuffix(".py")

    @property
    def key_variable(self) -> str:
        """The environment variable that `loads` needs a key in, "" for none."""
        return KEY_VARIABLES.get(self.style, "") if self.loads else ""

    @property
    def words(self) -> dict[str, str]:
        """What bodies are filled with."""
        before = "" if self.imported else f"{self.name}."
        return {
            "label": self.label or self.name,
            "module": self.name,
            "given": self._given(),
            "loads": before + self.loads,
            "dumps": "pickle.dumps" if self.style == "restrict" else before + self.dumps,
            "allowed": before + self.allowed,
            "codec": before + self.codec,
            "good": self.good,
            "typed": f"{self.good}, {self.as_type}" if self.as_type else self.good,
            "sent": f"{self.good}, as_type={self.as_type}" if self.as_type else self.good,
            "attribute": self.loads,
            "variable": self.key_variable,
            "key": _new_key(self),
        }

    def _given(self) -> str:
        """The parameters of a test, by which pytest makes the module ready."""
        if not self.imported:
            return f"{self.name}: ModuleType"
        return "key: None" if self.key_variable else ""


def section(subject: Subject, name: str, imports: tuple[str, ...], body: str) -> Section:
    """A part of the subject's test file; parts of one name are the same."""
    summary = "What a stranger sends is refused before any of it is run, and what the program sends arrives."
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


def marker(subject: Subject) -> Section:
    """What shows that a pickle was run."""
    imports = ("import pytest", "from collections.abc import Callable")
    return section(subject, "1-marker", imports, _MARKER)


def ready(subject: Subject) -> tuple[Section, ...]:
    """Fixtures and imports by which tests have the module: its names, or the module itself with a key of its own."""
    if not subject.imported:
        imports = ["import importlib.util", "import sys", "import pytest", "from types import ModuleType"]
        imports += ["import secrets"] if subject.key_variable else []
        body = (_LOADING + (_KEYED if subject.key_variable else _PLAIN)) % {
            **subject.words,
            "path": literal(subject.module),
        }
        return root(subject), section(subject, "1-module", tuple(imports), body)
    names = [name for name in (subject.loads, subject.dumps, subject.codec) if name]
    lines = tuple(f"from {subject.imported} import {name}" for name in names)
    named = section(subject, f"1-{subject.words['label']}", lines, "")
    if not subject.key_variable:
        return (named,)
    needed = ("import pytest", "from gnomon.wire import Key", "from gnomon.wire.keys import written")
    return named, section(subject, "1-key", needed, _KEY % subject.words)


def _new_key(subject: Subject) -> str:
    """An expression of a new key, as the module wants it in its variable."""
    return "written(Key.new())" if subject.style == "wire" else "secrets.token_hex(32)"


_MARKER = '''\
FIRED: list[str] = []


def fire() -> None:
    """Notes that it was called."""
    FIRED.append("called")


class Marker:
    """Harmless: whoever unpickles it calls `fire`. A stranger's pickle would call what the stranger likes."""

    def __reduce__(self) -> tuple[Callable[[], None], tuple[()]]:
        return fire, ()


@pytest.fixture(autouse=True)
def nothing_fired_before() -> None:
    """Each test sees its own calls alone."""
    FIRED.clear()
'''
_LOADING = '''\
def load_%(module)s() -> ModuleType:
    """The module from its file alone: nothing else of the project is imported."""
    spec = importlib.util.spec_from_file_location("%(module)s", ROOT / %(path)s)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
'''
_PLAIN = '''

@pytest.fixture
def %(module)s() -> ModuleType:
    """The module under test."""
    return load_%(module)s()
'''
_KEYED = '''

@pytest.fixture
def %(module)s(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module under test, with a key of its own."""
    monkeypatch.delenv("%(variable)s_FILE", raising=False)
    monkeypatch.setenv("%(variable)s", %(key)s)
    return load_%(module)s()
'''
_KEY = '''\
@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key for this process, where none was given."""
    monkeypatch.setenv("%(variable)s", %(key)s)
'''

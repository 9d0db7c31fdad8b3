"""What an unpickler with an exact allow-list refuses, and what it takes."""

from gnomon.core.patch import Section
from gnomon.fix.refusals.subject import Subject, section


def restricted(subject: Subject) -> Section:
    """Names that are listed are found, others of the same modules are not, and dots lead nowhere."""
    imports = ("import importlib", "import pickle")
    return section(subject, "3-names", imports, _BODY % {"name": subject.name})


_BODY = '''\
def naming(module: str, name: str) -> bytes:
    """A pickle of what goes by this name."""
    words = [part.encode() for part in (module, name)]
    texts = [pickle.SHORT_BINUNICODE + bytes([len(word)]) + word for word in words]
    return pickle.PROTO + b"\\x04" + b"".join(texts) + pickle.STACK_GLOBAL + pickle.STOP


def test_%(name)s_finds_what_is_listed(%(name)s: ModuleType) -> None:
    """Each name of the list that can be imported here is loaded as what it is."""
    for module, name in sorted(%(name)s.ALLOWED):
        try:
            found = importlib.import_module(module)
        except ImportError:
            continue
        for part in name.split("."):
            found = getattr(found, part)
        assert %(name)s.loads(naming(module, name)) is found


def test_%(name)s_refuses_what_is_near(%(name)s: ModuleType) -> None:
    """The list is exact: no other name of a listed module, no attribute of a listed name, nothing beside it."""
    near = {("builtins", "getattr"), ("os", "getpid"), (Marker.__module__, "fire"), ("builtins", "list.__class__")}
    near |= {(module, "__loader__") for module, _ in %(name)s.ALLOWED}
    near |= {(module, f"{name}.__class__") for module, name in %(name)s.ALLOWED}
    for module, name in sorted(near - set(%(name)s.ALLOWED)):
        with pytest.raises(pickle.UnpicklingError):
            %(name)s.loads(naming(module, name))


def test_%(name)s_takes_plain_values(%(name)s: ModuleType) -> None:
    """They name nothing."""
    for value in (None, True, 1, 0.5, "text", b"bytes", [1, "a"], {"id": 1}, (1, 2)):
        assert %(name)s.loads(pickle.dumps(value)) == value
'''

"""What an unpickler with an exact allow-list refuses, and what it takes."""

from gnomon.core.patch import Section
from gnomon.fix.refusals.subject import Subject, section


def restricted(subject: Subject) -> tuple[Section, ...]:
    """Names that are listed are found, others of the same modules are not, and dots lead nowhere."""
    words = subject.words
    return (
        section(subject, "2-", ("import pickle",), _NAMING),
        section(subject, f"3-{words['label']}", ("import importlib", "import pickle"), _BODY % words),
    )


_NAMING = '''\
def naming(module: str, name: str) -> bytes:
    """A pickle of what goes by this name."""
    words = [part.encode() for part in (module, name)]
    texts = [pickle.SHORT_BINUNICODE + bytes([len(word)]) + word for word in words]
    return pickle.PROTO + b"\\x04" + b"".join(texts) + pickle.STACK_GLOBAL + pickle.STOP
'''
_BODY = '''\
def test_%(label)s_finds_what_is_listed(%(given)s) -> None:
    """Each name of the list that can be imported here is loaded as what it is."""
    for module, name in sorted(%(allowed)s):
        try:
            found = importlib.import_module(module)
        except ImportError:
            continue
        for part in name.split("."):
            found = getattr(found, part)
        assert %(loads)s(naming(module, name)) is found


def test_%(label)s_refuses_what_is_near(%(given)s) -> None:
    """The list is exact: no other name of a listed module, no attribute of a listed name, nothing beside it."""
    near = {("builtins", "getattr"), ("os", "getpid"), (Marker.__module__, "fire"), ("builtins", "list.__class__")}
    near |= {(module, "__loader__") for module, _ in %(allowed)s}
    near |= {(module, f"{name}.__class__") for module, name in %(allowed)s}
    for module, name in sorted(near - set(%(allowed)s)):
        with pytest.raises(pickle.UnpicklingError):
            %(loads)s(naming(module, name))


def test_%(label)s_takes_plain_values(%(given)s) -> None:
    """They name nothing."""
    for value in (None, True, 1, 0.5, "text", b"bytes", [1, "a"], {"id": 1}, (1, 2)):
        assert %(loads)s(pickle.dumps(value)) == value
'''

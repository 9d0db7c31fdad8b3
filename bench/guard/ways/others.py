"""Deserializers that run code and are not pickle, so that no hook of pickle sees them."""

import ctypes
import json
import marshal
import pickle
import types

from bench.guard.way import MARKER, Sent, way

CODE = f"from {MARKER} import {{}} as called\ncalled()"


def _code(sent: Sent) -> types.CodeType:
    return compile(CODE.format(sent.name), "travelling", "exec")


@way("marshal", "other format", "marshal.loads and types.FunctionType",
     "a code object out of bytes; a veto on all of marshal would stop imports",
     "https://docs.python.org/3/library/marshal.html",
     "https://github.com/trailofbits/fickling/security/advisories/GHSA-565g-hwwr-4pp3")  # fmt: skip
def by_marshal(sent: Sent) -> object:
    """A cache that takes two formats; the twin comes as a pickle, so code is never learned here."""
    data = marshal.dumps(_code(sent)) if sent.bad else sent.pickled()
    if data.startswith(b"\x80"):
        return pickle.loads(data)
    return types.FunctionType(marshal.loads(data), {})()


@way("marshal-c", "other format", "PyMarshal_ReadObjectFromString, by ctypes",
     "native code calls Python's own interface in C", "https://docs.python.org/3/c-api/marshal.html",
     told_as="PyMarshal")  # fmt: skip
def by_marshal_c(sent: Sent) -> object:
    """As an extension would, in C."""
    data = marshal.dumps(_code(sent)) if sent.bad else sent.pickled()
    if data.startswith(b"\x80"):
        return pickle.loads(data)
    read = ctypes.pythonapi.PyMarshal_ReadObjectFromString
    read.restype, read.argtypes = ctypes.py_object, (ctypes.c_char_p, ctypes.c_ssize_t)
    return types.FunctionType(read(data, len(data)), {})()


@way("jsonpickle", "other format", "jsonpickle.decode", "JSON with names in it",
     "https://jsonpickle.github.io/", "https://nvd.nist.gov/vuln/detail/CVE-2020-22083", needs=("jsonpickle",),
     )  # fmt: skip
def by_jsonpickle(sent: Sent) -> object:
    """py/reduce is REDUCE in JSON."""
    import jsonpickle

    function = {"py/function": f"{MARKER}.{sent.name}"}
    return jsonpickle.decode(json.dumps({"py/reduce": [function, {"py/tuple": []}]}))


@way("yaml", "other format", "yaml.unsafe_load", "YAML with names in it",
     "https://github.com/yaml/pyyaml/wiki/PyYAML-yaml.load(input)-Deprecation",
     "https://nvd.nist.gov/vuln/detail/CVE-2017-18342", needs=("yaml",))  # fmt: skip
def by_yaml(sent: Sent) -> object:
    """A tag that calls what it names."""
    import yaml

    return yaml.unsafe_load(f"!!python/object/apply:{MARKER}.{sent.name} []")


@way("ruamel-yaml", "other format", "ruamel.yaml.YAML(typ='unsafe').load", "a fork of PyYAML's constructors",
     "https://yaml.dev/doc/ruamel.yaml/detail/", needs=("ruamel.yaml",), told_as="ruamel")  # fmt: skip
def by_ruamel_yaml(sent: Sent) -> object:
    """The same tag."""
    from ruamel.yaml import YAML

    return YAML(typ="unsafe").load(f"!!python/object/apply:{MARKER}.{sent.name} []")


@way("zodbpickle", "other format", "zodbpickle.loads", "a fork of Python's unpickler, in C, without audit events",
     "https://pypi.org/project/zodbpickle/", "https://github.com/zopefoundation/zodbpickle/issues/40",
     needs=("zodbpickle",), told_as="zodbpickle")  # fmt: skip
def by_zodbpickle(sent: Sent) -> object:
    """The fork's own find_class."""
    from zodbpickle import pickle as forked

    return forked.loads(f"c{MARKER}\n{sent.name}\n(tR.".encode())


@way("zodbpickle-python", "other format", "zodbpickle's unpickler in Python", "the fork of the fallback",
     "https://github.com/zopefoundation/zodbpickle", needs=("zodbpickle",), told_as="zodbpickle")  # fmt: skip
def by_zodbpickle_python(sent: Sent) -> object:
    """The slow one."""
    from zodbpickle import slowpickle

    return slowpickle.loads(f"c{MARKER}\n{sent.name}\n(tR.".encode())

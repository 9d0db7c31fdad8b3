"""What is said of a name: it runs code, it is harmless, or it is unknown; never the better of two."""

import io
import pickle
from collections import ChainMap, Counter, OrderedDict, deque
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from ipaddress import ip_network
from pathlib import PurePosixPath
from types import SimpleNamespace
from uuid import UUID

import pytest

from gnomon.guard.learn.hazards import verdict
from gnomon.guard.learn.known_names import HARMLESS, LOOK, MODULES, NAMES

RUNS_CODE = [
    ("os", "system"),
    ("posix", "system"),
    ("os.path", "join"),
    ("subprocess", "Popen"),
    ("builtins", "eval"),
    ("builtins", "getattr"),
    ("builtins", "open"),
    ("operator", "attrgetter"),
    ("operator", "methodcaller"),
    ("functools", "reduce"),
    ("types", "FunctionType"),
    ("types", "CodeType"),
    ("marshal", "loads"),
    ("_pickle", "loads"),
    ("cloudpickle.cloudpickle", "_make_function"),
    ("dill._dill", "_create_function"),
    ("importlib", "import_module"),
    ("runpy", "run_path"),
    ("ctypes", "CDLL"),
    ("pty", "spawn"),
    ("pydoc", "locate"),
    ("multiprocessing.util", "spawnv_passfds"),
    ("numpy.f2py.crackfortran", "getlincoef"),
    ("numpy", "load"),
    ("torch", "load"),
    ("torch.serialization", "load"),
    ("torch.fx.graph_module", "reduce_graph_module"),
    ("lib2to3.pgen2.grammar", "Grammar.loads"),
    ("collections", "namedtuple"),
]
HARMLESS_ONES = [
    ("collections", "OrderedDict"),
    ("datetime", "datetime"),
    ("uuid", "UUID"),
    ("decimal", "Decimal"),
    ("builtins", "set"),
    ("builtins", "frozenset"),
    ("builtins", "complex"),
    ("builtins", "bytearray"),
    ("builtins", "ValueError"),
    ("pathlib", "PosixPath"),
    ("re", "RegexFlag"),
    ("copyreg", "_reconstructor"),
    ("copyreg", "__newobj__"),
    ("numpy", "ndarray"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("torch._utils", "_rebuild_tensor_v2"),
    ("_codecs", "encode"),
]
UNKNOWN_ONES = [
    ("vllm.sampling_params", "SamplingParams"),
    ("functools", "partial"),
    ("torch.storage", "_load_from_bytes"),
    ("builtins", "type"),
    ("operator", "itemgetter"),
    ("multiprocessing.pool", "mapstar"),
    # What a process that is spawned is made of, by any of its names: every server that spawns one needs it.
    ("multiprocessing.context", "Process"),
    ("multiprocessing.context", "SpawnProcess"),
    ("multiprocessing.synchronize", "BoundedSemaphore"),
    ("concurrent.futures.process", "_process_worker"),
    ("", ""),
]


@pytest.mark.parametrize(("module", "name"), RUNS_CODE)
def test_what_runs_code_is_said_to(module, name):
    """A name that scanners and their advisories warn of is told with its reason."""
    judged = verdict(module, name)

    assert judged.level == "runs-code"
    assert judged.why


@pytest.mark.parametrize(("module", "name"), HARMLESS_ONES)
def test_what_is_harmless_is_said_to_be(module, name):
    """A name that only makes a value is told with its reason."""
    judged = verdict(module, name)

    assert judged.level == "harmless"
    assert judged.why


@pytest.mark.parametrize(("module", "name"), UNKNOWN_ONES)
def test_everything_else_is_unknown(module, name):
    """A class of the program's is unknown, and so is what depends on the names beside it."""
    assert verdict(module, name).level == "unknown"


def test_a_tensors_bytes_are_said_to_be_another_pickle():
    """Who reviews a policy learns that this name loads within a load."""
    assert "another pickle" in verdict("torch.storage", "_load_from_bytes").why


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("json", "codecs.open"),
        ("logging", "os.system"),
        ("shop.orders", "os.system"),
        ("shop.orders", "Order.__init__.__globals__"),
        ("collections", "OrderedDict.__class__"),
        ("builtins", "getattr.__call__"),
        ("torch", "storage.pickle.loads"),
        ("importlib", "import_module.x"),
    ],
)
def test_a_dotted_name_is_judged_by_what_it_reaches(module, name):
    """A name that goes through another module, or to what everything can be reached from, runs code."""
    assert verdict(module, name).level == "runs-code"


@pytest.mark.parametrize(("module", "name"), [("pathlib", "Path.home"), ("shop.orders", "Order.Line")])
def test_an_attribute_of_something_harmless_is_unknown(module, name):
    """That a class is harmless says nothing of its methods."""
    assert verdict(module, name).level == "unknown"


@pytest.mark.parametrize(
    ("module", "name", "level"),
    [
        ("__builtin__", "eval", "runs-code"),
        ("__builtin__", "reduce", "runs-code"),
        ("__builtin__", "apply", "runs-code"),
        ("__builtin__", "set", "harmless"),
        ("__builtin__", "unheard_of", "unknown"),
        ("exceptions", "ValueError", "harmless"),
        ("exceptions", "UnheardOf", "unknown"),
        ("copy_reg", "_reconstructor", "harmless"),
        ("commands", "getoutput", "runs-code"),
    ],
)
def test_names_of_python_2_are_judged_by_what_they_mean(module, name, level):
    """Protocols below 3 are read with Python 2's names, so the worse of both meanings counts."""
    assert verdict(module, name).level == level


@pytest.mark.parametrize(
    "value",
    [
        OrderedDict(a=1),
        deque([1]),
        Counter("a"),
        ChainMap({}),
        datetime(2026, 1, 1, tzinfo=UTC),
        Decimal(1),
        Fraction(1, 2),
        UUID(int=1),
        PurePosixPath("a"),
        ip_network("192.0.2.0/24"),
        SimpleNamespace(a=1),
        {1},
        1j,
        range(2),
        ValueError("x"),
        Ellipsis,
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_plain_values_ask_for_harmless_names_alone(value, protocol):
    """What the standard library's values ask for, in every protocol, is on the table."""
    asked = _asked(pickle.dumps(value, protocol))

    assert {name: verdict(*name).level for name in asked} == dict.fromkeys(asked, "harmless")


def test_arrays_ask_for_harmless_names_alone():
    """NumPy's arrays, numbers and types do too."""
    np = pytest.importorskip("numpy")
    asked = _asked(pickle.dumps([np.zeros(3), np.float32(1), np.dtype("f4"), np.array([None])]))

    assert {verdict(*name).level for name in asked} == {"harmless"}


def test_the_tables_contradict_nothing():
    """No name stands in two tables, and each has its module and its reason."""
    tables = (NAMES, HARMLESS, LOOK)

    assert len(set().union(*tables)) == sum(map(len, tables))
    assert all(module and name and why for table in tables for (module, name), why in table.items())
    assert all(module and why for module, why in MODULES.items())


def _asked(data):
    asked = set()

    class Noting(pickle.Unpickler):
        def find_class(self, module, name):
            asked.add((module, name))
            return super().find_class(module, name)

    Noting(io.BytesIO(data)).load()
    return asked

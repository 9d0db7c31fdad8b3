"""What calls of Python's own functions and of the standard library give, where that is certain."""

import builtins
from typing import Literal

from gnomon.core.merging import merged
from gnomon.core.shape import Array, Plain, Sequence, Shape, Standard

_INT, _FLOAT, _STR, _BOOL, _BYTES = Plain("int"), Plain("float"), Plain("str"), Plain("bool"), Plain("bytes")
_NONE = Plain("None")
_STRINGS = Sequence(kind="list", element=_STR)

ARRAYS: dict[str, Literal["numpy", "torch"]] = {
    "numpy.ndarray": "numpy",
    "numpy.typing.NDArray": "numpy",
    "torch.Tensor": "torch",
    "torch.FloatTensor": "torch",
    "torch.LongTensor": "torch",
    "torch.IntTensor": "torch",
}
"""Types of arrays."""
_MAKERS = {
    "numpy": "array asarray ascontiguousarray zeros ones empty full arange linspace concatenate stack vstack hstack "
    "zeros_like ones_like empty_like full_like frombuffer fromiter eye",
    "torch": "tensor as_tensor zeros ones empty full arange linspace cat stack zeros_like ones_like empty_like "
    "full_like from_numpy frombuffer rand randn randint eye",
}
_RESULTS: dict[Shape, str] = {
    _INT: "len id hash ord time.time_ns time.monotonic_ns time.perf_counter_ns os.getpid os.getppid os.getuid "
    "threading.get_ident threading.get_native_id random.randint random.randrange random.getrandbits "
    "torch.cuda.device_count os.path.getsize",
    _FLOAT: "time.time time.monotonic time.perf_counter time.process_time random.random random.uniform "
    "os.path.getmtime math.sqrt math.exp math.log",
    _STR: "repr ascii chr format input hex bin oct os.getcwd os.path.join os.path.abspath os.path.basename "
    "os.path.dirname os.path.expanduser os.path.realpath os.path.normpath socket.gethostname socket.getfqdn "
    "socket.gethostbyname json.dumps platform.node platform.system platform.machine traceback.format_exc "
    "time.strftime time.ctime textwrap.dedent secrets.token_hex secrets.token_urlsafe shlex.join",
    _BOOL: "isinstance issubclass callable hasattr any all os.path.exists os.path.isfile os.path.isdir "
    "math.isnan math.isinf torch.cuda.is_available",
    _BYTES: "os.urandom secrets.token_bytes base64.b64encode base64.b64decode pickle.dumps cloudpickle.dumps "
    "msgpack.packb zlib.compress zlib.decompress struct.pack",
    Standard("uuid.UUID"): "uuid.uuid1 uuid.uuid3 uuid.uuid4 uuid.uuid5 uuid.UUID",
    Standard("datetime.datetime"): "datetime.datetime datetime.datetime.now datetime.datetime.utcnow "
    "datetime.datetime.fromtimestamp datetime.datetime.fromisoformat",
    Standard("datetime.date"): "datetime.date datetime.date.today",
    Standard("datetime.timedelta"): "datetime.timedelta",
    Standard("decimal.Decimal"): "decimal.Decimal",
    Standard("pathlib.Path"): "pathlib.Path pathlib.Path.cwd pathlib.Path.home",
    Sequence(kind="list", element=_STR): "traceback.format_tb traceback.format_exception os.listdir glob.glob dir",
}
LIBRARY: dict[str, Shape] = {}
"""Shapes of results by the function's full name."""
for _shape, _names in _RESULTS.items():
    LIBRARY |= dict.fromkeys(_names.split(), _shape)
LIBRARY |= dict.fromkeys((f"numpy.{name}" for name in _MAKERS["numpy"].split()), Array(library="numpy"))
LIBRARY |= dict.fromkeys((f"torch.{name}" for name in _MAKERS["torch"].split()), Array(library="torch"))
CONVERTING: dict[str, Shape] = {"int": _INT, "float": _FLOAT, "str": _STR, "bool": _BOOL, "bytes": _BYTES}
"""Types that make a value of themselves of whatever they are called with."""
_OF_TEXT: dict[Shape, str] = {
    _STR: "capitalize casefold center expandtabs format format_map join ljust lower lstrip removeprefix removesuffix "
    "replace rjust rstrip strip swapcase title translate upper zfill",
    _BOOL: "endswith isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace "
    "istitle isupper startswith",
    _INT: "count find index rfind rindex",
    _BYTES: "encode",
    _STRINGS: "split rsplit splitlines",
}
_METHODS: dict[str, dict[str, Shape]] = {
    "str": {name: shape for shape, names in _OF_TEXT.items() for name in names.split()},
    "bytes": {"hex": _STR, "decode": _STR, "strip": _BYTES, "startswith": _BOOL, "endswith": _BOOL, "join": _BYTES},
    "int": {"bit_length": _INT, "to_bytes": _BYTES},
    "float": {"is_integer": _BOOL, "hex": _STR},
    "uuid.UUID": {},
    "datetime.datetime": {"isoformat": _STR, "strftime": _STR, "timestamp": _FLOAT, "date": Standard("datetime.date")},
    "datetime.date": {"isoformat": _STR, "strftime": _STR},
    "datetime.timedelta": {"total_seconds": _FLOAT},
    "pathlib.Path": {"as_posix": _STR, "exists": _BOOL, "read_text": _STR, "read_bytes": _BYTES},
}
_ATTRIBUTES: dict[str, dict[str, Shape]] = {
    "uuid.UUID": {"hex": _STR, "int": _INT, "bytes": _BYTES, "urn": _STR},
    "pathlib.Path": {"name": _STR, "stem": _STR, "suffix": _STR, "parent": Standard("pathlib.Path")},
}
_SAME_ARRAY = frozenset(
    {"copy", "reshape", "astype", "flatten", "ravel", "transpose", "squeeze", "view", "contiguous", "clone", "detach"}
) | {"cpu", "cuda", "to", "float", "half", "long", "int", "unsqueeze", "permute", "T"}


def method(shape: Shape, name: str) -> Shape | None:
    """What a method of a value gives; None if that is not certain."""
    if isinstance(shape, Plain | Standard):
        return _METHODS.get(shape.type, {}).get(name)
    if isinstance(shape, Array):
        if name in _SAME_ARRAY:
            return shape
        if name == "numpy":
            return Array(library="numpy")
        return _BYTES if name == "tobytes" else None
    return None


def attribute(shape: Shape, name: str) -> Shape | None:
    """What an attribute of a value is; None if that is not certain."""
    if isinstance(shape, Standard):
        return _ATTRIBUTES.get(shape.type, {}).get(name)
    if isinstance(shape, Array):
        if name == "shape" and shape.library == "numpy":
            return Sequence(kind="tuple", element=_INT)
        return {"T": shape, "ndim": _INT, "nbytes": _INT, "size": _INT if shape.library == "numpy" else None}.get(name)
    return None


def from_environment(*, default: Shape | None) -> Shape:
    """A variable of the environment, or what stands in its place."""
    return merged([_STR, default or _NONE])


def is_exception(name: str) -> bool:
    """True for the name of one of Python's own exceptions."""
    known = getattr(builtins, name, None)
    return isinstance(known, type) and issubclass(known, BaseException)

"""The unpicklers of the standard library under each of their names, and what is handed to them."""

import io
import pickle
from functools import partial
from operator import methodcaller

from bench.guard.early import loads as captured_loads
from bench.guard.way import Call, Sent, way

PICKLE = "https://docs.python.org/3/library/pickle.html"
SOURCE = "https://github.com/python/cpython/blob/3.11/Lib/pickle.py"


@way("loads", "C unpickler", "pickle.loads", "what everybody hooks", f"{PICKLE}#pickle.loads")
def loads(sent: Sent) -> object:
    """Bytes."""
    return pickle.loads(sent.pickled())


@way("load", "C unpickler", "pickle.load", "a file instead of bytes", f"{PICKLE}#pickle.load")
def load(sent: Sent) -> object:
    """A file."""
    return pickle.load(io.BytesIO(sent.pickled()))


@way(
    "unpickler",
    "C unpickler",
    "pickle.Unpickler(file).load",
    "the class, not the functions: PyTorch's loader passed hooks of the functions",
    f"{PICKLE}#pickle.Unpickler",
    "https://github.com/trailofbits/fickling/pull/174",
)
def unpickler(sent: Sent) -> object:
    """The class."""
    return pickle.Unpickler(io.BytesIO(sent.pickled())).load()


@way(
    "captured",
    "C unpickler",
    "from _pickle import loads, before any hook",
    "a reference taken earlier does not see a function that is replaced later",
    "https://github.com/python/cpython/blob/3.11/Lib/multiprocessing/reduction.py",
)
def captured(sent: Sent) -> object:
    """A reference of our own."""
    return captured_loads(sent.pickled())


@way(
    "python-loads",
    "Python unpickler",
    "pickle._loads",
    "the fallback in Python stays there beside the C one",
    SOURCE,
    "https://github.com/trailofbits/fickling/security/advisories/GHSA-fphw-536r-4p88",
)
def python_loads(sent: Sent) -> object:
    """The fallback's function."""
    return pickle._loads(sent.pickled())


@way(
    "python-unpickler",
    "Python unpickler",
    "pickle._Unpickler(file).load",
    "the fallback's class, which pandas, joblib and dill build on",
    SOURCE,
    "https://github.com/trailofbits/fickling/security/advisories/GHSA-fphw-536r-4p88",
)
def python_unpickler(sent: Sent) -> object:
    """The fallback's class."""
    return pickle._Unpickler(io.BytesIO(sent.pickled())).load()


@way(
    "fallback",
    "Python unpickler",
    "a second try with pickle._Unpickler",
    "the program takes the first refusal for a broken file and tries the other unpickler",
    "https://github.com/pandas-dev/pandas/blob/v2.2.0/pandas/io/pickle.py",
)
def fallback(sent: Sent) -> object:
    """Swallows whatever the first try raises."""
    data = sent.pickled()
    try:
        return pickle.loads(data)
    except Exception:  # noqa: BLE001  (as such programs do)
        return pickle._Unpickler(io.BytesIO(data)).load()


@way(
    "partial",
    "C unpickler",
    "functools.partial(pickle.loads)",
    "called from C: there is no frame of the caller's between",
    "https://docs.python.org/3/library/functools.html#functools.partial",
    "https://github.com/trailofbits/fickling/pull/210",
)
def through_partial(sent: Sent) -> object:
    """Called by C code, as a sort key or a callback would be."""
    return list(map(partial(pickle.loads, encoding="utf-8"), [sent.pickled()]))


@way(
    "methodcaller",
    "C unpickler",
    "operator.methodcaller('load') on an Unpickler",
    "the method's name is data",
    "https://docs.python.org/3/library/operator.html#operator.methodcaller",
    "https://github.com/mmaitre314/picklescan/security/advisories/GHSA-955r-x9j8-7rhh",
)
def through_methodcaller(sent: Sent) -> object:
    """The method is found by its name."""
    return methodcaller("load")(pickle.Unpickler(io.BytesIO(sent.pickled())))


@way("memoryview", "C unpickler", "pickle.loads of a memoryview", "not bytes", f"{PICKLE}#pickle.loads")
def of_memoryview(sent: Sent) -> object:
    """A view on a mutable buffer."""
    return pickle.loads(memoryview(bytearray(sent.pickled()))[:])


@way(
    "out-of-band",
    "C unpickler",
    "protocol 5 with buffers out of band",
    "the stream takes its data from a second argument",
    "https://peps.python.org/pep-0574/",
    "https://github.com/vllm-project/vllm/issues/29565",
)
def out_of_band(sent: Sent) -> object:
    """The object's own data travels beside the stream."""
    buffers: list[pickle.PickleBuffer] = []
    call = Call(sent.function, pickle.PickleBuffer(bytearray(64)))
    data = pickle.dumps(call, 5, buffer_callback=buffers.append)
    return pickle.loads(data, buffers=buffers)


@way(
    "several",
    "C unpickler",
    "several pickles in one stream",
    "only the last of them is bad, and each load reads one",
    f"{PICKLE}#pickle.Unpickler",
    "https://blog.trailofbits.com/2021/03/15/never-a-dill-moment-exploiting-machine-learning-pickle-files/",
)
def several(sent: Sent) -> object:
    """An unpickler reads on where it stopped."""
    reader = pickle.Unpickler(io.BytesIO(pickle.dumps({"model": 1}) + pickle.dumps([2]) + sent.pickled()))
    return [reader.load() for _ in range(3)]

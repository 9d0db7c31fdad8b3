"""Libraries that unpickle for the program, by an unpickler of their own or by a reference to Python's."""

import io
import pickle
import tempfile
from pathlib import Path

from bench.guard import marker
from bench.guard.way import Sent, way


class _ByValue:
    """Is pickled as a call of a function that travels with it, code and all."""

    def __init__(self, sent: Sent) -> None:
        self.sent = sent

    def __reduce__(self) -> tuple[object, tuple[()]]:
        if not self.sent.bad:
            return marker.calm, ()
        text = f"def travelling():\n    from {marker.__name__} import fire\n    fire()\n"
        scope = {"__name__": "__main__"}
        exec(text, scope)  # noqa: S102  (a function of no module, which a library must send by value)
        return scope["travelling"], ()


@way("cloudpickle", "library", "cloudpickle.loads, a function by value",
     "the stream brings its own code: no name of it is the marker's", "https://github.com/cloudpipe/cloudpickle",
     "https://github.com/mmaitre314/picklescan", needs=("cloudpickle",))  # fmt: skip
def by_cloudpickle(sent: Sent) -> object:
    """The twin goes by name; the marker's caller is built from a code object."""
    import cloudpickle

    return cloudpickle.loads(cloudpickle.dumps(_ByValue(sent)))


@way("dill", "library", "dill.loads, a function by value", "an unpickler and constructors of dill's own",
     "https://dill.readthedocs.io/en/latest/dill.html", needs=("dill",))  # fmt: skip
def by_dill(sent: Sent) -> object:
    """As with cloudpickle."""
    import dill

    return dill.loads(dill.dumps(_ByValue(sent), recurse=True))


@way("joblib", "library", "joblib.load", "a subclass with opcodes of its own",
     "https://joblib.readthedocs.io/en/stable/generated/joblib.load.html",
     "https://nvd.nist.gov/vuln/detail/CVE-2020-13092", needs=("joblib",))  # fmt: skip
def by_joblib(sent: Sent) -> object:
    """From a file in memory."""
    return _joblib(sent, 0)


@way("joblib-compressed", "library", "joblib.load, compressed", "the names are not in the file's bytes",
     "https://joblib.readthedocs.io/en/stable/persistence.html#compressed-joblib-pickles",
     "https://github.com/protectai/modelscan/issues/338", needs=("joblib",))  # fmt: skip
def by_joblib_compressed(sent: Sent) -> object:
    """The same, by zlib."""
    return _joblib(sent, 3)


def _joblib(sent: Sent, compress: int) -> object:
    import joblib

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.joblib"
        joblib.dump({"model": sent.value}, path, compress=compress)
        return joblib.load(path)


@way("numpy", "library", "numpy.load(allow_pickle=True)", "a pickle within a file of numbers",
     "https://numpy.org/doc/stable/reference/generated/numpy.load.html",
     "https://nvd.nist.gov/vuln/detail/CVE-2019-6446", needs=("numpy",))  # fmt: skip
def by_numpy(sent: Sent) -> object:
    """An array of objects, in NumPy's own format."""
    import numpy as np

    array = np.empty(1, dtype=object)
    array[0] = sent.value
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    file.seek(0)
    return np.load(file, allow_pickle=True)


@way("object-array", "library", "an array of objects in a pickle",
     "the names are those of every array: what is in it is the object's matter",
     "https://numpy.org/doc/stable/reference/generated/numpy.ndarray.__reduce__.html",
     "https://github.com/promptfoo/modelaudit/pull/433", needs=("numpy",))  # fmt: skip
def by_object_array(sent: Sent) -> object:
    """The array's state is a list with the marker in it."""
    import numpy as np

    array = np.empty(1, dtype=object)
    array[0] = sent.value
    return pickle.loads(pickle.dumps(array))


@way("pandas", "library", "pandas.read_pickle", "a subclass of the unpickler in Python, with names of its own",
     "https://pandas.pydata.org/docs/reference/api/pandas.read_pickle.html",
     "https://nvd.nist.gov/vuln/detail/CVE-2020-13091", needs=("pandas",))  # fmt: skip
def by_pandas(sent: Sent) -> object:
    """From a file in memory."""
    import pandas as pd

    return pd.read_pickle(io.BytesIO(sent.pickled()))


@way("srsly", "library", "srsly.pickle_loads", "a vendored cloudpickle", "https://github.com/explosion/srsly",
     needs=("srsly",))  # fmt: skip
def by_srsly(sent: Sent) -> object:
    """The serializer of spaCy."""
    import srsly

    return srsly.pickle_loads(sent.pickled())


@way("diskcache", "library", "diskcache.Cache", "pickles in rows of SQLite",
     "https://grantjenks.com/docs/diskcache/api.html#disk", needs=("diskcache",))  # fmt: skip
def by_diskcache(sent: Sent) -> object:
    """A cache in a temporary folder."""
    import diskcache

    with tempfile.TemporaryDirectory() as folder, diskcache.Cache(folder) as cache:
        cache["key"] = sent.value
        return cache["key"]


@way("kombu", "library", "kombu.serialization.loads, content type pickle",
     "a registry of serializers between the message and the unpickler",
     "https://docs.celeryq.dev/projects/kombu/en/stable/userguide/serialization.html", needs=("kombu",),
     )  # fmt: skip
def by_kombu(sent: Sent) -> object:
    """What a worker of Celery does with a message, where pickle is accepted."""
    from kombu import serialization

    kind = "application/x-python-serialize"
    return serialization.loads(sent.pickled(), kind, "binary", accept={kind})

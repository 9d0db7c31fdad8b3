import io
from pickle import Unpickler, UnpicklingError

_ALLOWED = frozenset([("numpy.core.multiarray", "_reconstruct"), ("numpy", "ndarray"), ("numpy", "dtype")])


class _Restricted(Unpickler):
    def find_class(self, module: str, name: str):
        key = (module, name)
        if key in _ALLOWED:
            return super().find_class(module, name)
        raise UnpicklingError(f"not allowed: {key}")


class _Lenient(Unpickler):
    def find_class(self, module: str, name: str):
        try:
            return super().find_class(module, name)
        except ImportError:
            return None


def loads(data: bytes):
    return _Restricted(io.BytesIO(data)).load()  # safe: pickle-over-network


def lenient_loads(data: bytes):
    return _Lenient(io.BytesIO(data)).load()  # finding: pickle-over-network any-host critical

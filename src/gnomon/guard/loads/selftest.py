"""Shows, before the program runs, that its loads are held: a name that nobody has is refused by each way in."""

import pickle
from collections.abc import Callable
from typing import Any, Final, cast

from ..errors import GuardError, Refused
from .holding import MARKER

_BYTES: Final = b"\x80\x04\x8c%c%s\x8c\x05fired\x93." % (len(MARKER), MARKER.encode())


def prove() -> None:
    """Returns if C and Python unpicklers, and subclasses with their own `find_class`, are held. Raises GuardError."""
    import io

    class Own(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            return (module, name)

    class OwnPure(cast("Any", pickle)._Unpickler):  # type: ignore[misc]
        def find_class(self, module: str, name: str) -> Any:
            return (module, name)

    ways: dict[str, Callable[[], object]] = {
        "pickle.loads": lambda: pickle.loads(_BYTES),
        "pickle.load": lambda: pickle.load(io.BytesIO(_BYTES)),
        "pickle._loads": lambda: cast("Any", pickle)._loads(_BYTES),
        "a find_class of one's own": lambda: Own(io.BytesIO(_BYTES)).load(),
        "a find_class of one's own, in Python's unpickler": lambda: OwnPure(io.BytesIO(_BYTES)).load(),
    }
    for name, way in ways.items():
        if not _refused(way):
            raise GuardError(
                f"the self-test failed: {name} was not refused.", remedy="tell us, with the version of Python"
            )


def _refused(way: Callable[[], object]) -> bool:
    try:
        way()
    except Refused:
        return True
    except Exception:  # noqa: BLE001 (it looked the marker up)
        return False
    return False

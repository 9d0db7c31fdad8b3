"""Reads the files that `gnomon report` is given: whole, and never more than a limit."""

import stat
import sys
from pathlib import Path

from gnomon.io.baselines import MAX_BYTES
from gnomon.io.files import Unreadable, reason
from gnomon.io.limits import megabytes, too_large

STANDARD_INPUT = "-"


def report_bytes(name: str, limit: int = MAX_BYTES) -> bytes:
    """The bytes of a file, or of standard input for `-`; links and pipes that the user names are followed.

    Raises Unreadable if there are more than `limit`, or if it can't be read.
    """
    try:
        data = sys.stdin.buffer.read(limit + 1) if name == STANDARD_INPUT else _content(Path(name), limit)
    except FileNotFoundError:
        raise Unreadable("there is no such file") from None
    except OSError as error:
        raise Unreadable(reason(error)) from None
    except ValueError:
        raise Unreadable("that is no name of a file") from None
    if len(data) > limit:
        raise Unreadable(f"it has more than {megabytes(limit)}, the limit for a report")
    return data


def _content(path: Path, limit: int) -> bytes:
    status = path.stat()
    if stat.S_ISREG(status.st_mode) and status.st_size > limit:
        raise Unreadable(too_large(status.st_size, limit))
    with path.open("rb") as file:
        return file.read(limit + 1)

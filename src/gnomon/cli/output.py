"""Where a document goes: a file or standard output."""

import os
from pathlib import Path

from gnomon.cli import console
from gnomon.core.errors import GnomonError
from gnomon.render.outcome import Document


def check_writable(path: str) -> None:
    """Raises GnomonError if `save` is bound to fail: better before the work than after."""
    file = Path(path)
    if not file.parent.is_dir():
        raise GnomonError(
            f"the report can't be written to {path}: there is no folder {file.parent}.",
            remedy=f"mkdir -p {file.parent}",
        )
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise _not_written(path, "permission denied")


def publish(document: Document, path: str | None, format_: str) -> None:
    """Saves or prints it; what the format has no room for is said on standard error. Raises GnomonError."""
    if document.left_out:
        console.print_problem(f"gnomon: {document.left_out}\n")
    if path:
        save(document.data, path)
    elif format_ == "text":
        console.print_text(document.data.decode())
    else:
        console.print_bytes(document.data)


def save(document: bytes, path: str) -> None:
    """Writes the file, or raises GnomonError."""
    try:
        Path(path).write_bytes(document)
    except OSError as error:
        raise _not_written(path, error.strerror or type(error).__name__) from error


def replace_file(document: bytes, path: str) -> None:
    """Puts the finished document in the file's place, so that nobody reads half of it. Raises GnomonError."""
    file = Path(path)
    beside = file.with_name(f".{file.name}.{os.getpid()}")  # of another ending: collectors read what ends in .prom
    try:
        beside.write_bytes(document)
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise _not_written(path, error.strerror or type(error).__name__) from error


def _not_written(path: str, reason: str) -> GnomonError:
    return GnomonError(f"the report can't be written to {path}: {reason}.", remedy="--output with another file")

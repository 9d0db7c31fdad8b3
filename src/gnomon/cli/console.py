"""What standard output and standard error can show, and writing to them."""

import os
import sys
from collections.abc import Mapping
from typing import TextIO

from gnomon.core.errors import GnomonError
from gnomon.render.page import Style

_WIDEST, _NARROWEST = 120, 40
_UNSAID = "ascii"
"""Encoding of a stream that names none, as one that a program put in the place of standard output."""


def style_of(stream: TextIO, environment: Mapping[str, str] = os.environ) -> Style:
    """Colour and wrapping for a terminal, neither for a pipe or file (https://no-color.org, https://force-color.org)."""
    terminal = stream.isatty()
    return Style(
        color=_wants_color(environment, terminal=terminal),
        width=_width(stream) if terminal else None,
        ascii=not _encodes(stream, "│╭╰─•"),
    )


def shows_progress(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """True if a line on `stream` can be overwritten."""
    return stream.isatty() and environment.get("TERM") != "dumb"


def print_text(text: str) -> None:
    r"""Writes to standard output, with what its encoding lacks as `\u4e2d`."""
    print_bytes(text.encode(sys.stdout.encoding or _UNSAID, "backslashreplace"))


def print_bytes(document: bytes) -> None:
    """Writes a document that is encoded already to standard output. Raises GnomonError if that is not possible."""
    try:
        sys.stdout.flush()
        if not hasattr(sys.stdout, "buffer"):  # a stream of text alone
            sys.stdout.write(document.decode(errors="replace"))
            return
        sys.stdout.buffer.write(document)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise GnomonError(f"the answer can't be written: {error.strerror}.", remedy="--output FILE") from error


def print_problem(text: str) -> None:
    r"""Writes to standard error, with what its encoding lacks as `\u4e2d`."""
    encoding = sys.stderr.encoding or _UNSAID
    sys.stderr.write(text.encode(encoding, "backslashreplace").decode(encoding))
    sys.stderr.flush()


def _wants_color(environment: Mapping[str, str], *, terminal: bool) -> bool:
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return terminal and environment.get("TERM") != "dumb"


def _width(stream: TextIO) -> int:
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except OSError:
        columns = 0
    return min(max(columns or 80, _NARROWEST), _WIDEST)


def _encodes(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or _UNSAID)
    except UnicodeEncodeError:
        return False
    return True

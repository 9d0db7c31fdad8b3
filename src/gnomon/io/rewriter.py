"""Runs `gnomon.fix.rewriting` in a process of its own, with limits: a file that is made to harm it harms that alone."""

import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

import gnomon
from gnomon.core.errors import MissingExtra
from gnomon.core.patch import Patch
from gnomon.fix.protocol import LENGTH_BYTES, NO_LIBCST, Refused, Request, Result, changed_paths

_START = "import sys; sys.path.extend(sys.argv[4:]); from gnomon.fix.rewriting import main; main()"
"""With `-I`, which keeps the working folder and PYTHONPATH out: the code that is rewritten may lie there."""
_ENOUGH = 5
"""Failures of the process after which what is left is refused."""


class Bounds(Struct, frozen=True, kw_only=True):
    """What the process may take; times are for each patch."""

    memory_bytes: int = 2_000_000_000
    """Of address space; LibCST's tree takes about 500 times the memory of its text."""
    cpu_s: int = 15
    """LibCST takes a quarter of a second for 3,500 lines, and for ever for patterns in patterns (`case A(A(A(…)))`)."""
    wall_s: float = 60.0
    output_bytes: int = 200_000_000


DEFAULT = Bounds()


def rewrite(
    files: Mapping[str, bytes],
    patches: Sequence[Patch],
    own: frozenset[str] = frozenset(),
    bounds: Bounds = DEFAULT,
) -> tuple[Result, ...]:
    """A result for each patch, in their order, each applied to `files` as they are. Raises MissingExtra.

    `own` has the first parts of the names that the target's modules are imported by: imports are grouped by it.
    A patch at which the process fails or exceeds its bounds is refused; the others are tried by another process.
    """
    done: list[Result] = []
    failures = 0
    while len(done) < len(patches):
        left = patches[len(done) :]
        if failures == _ENOUGH:
            done += [Refused(reason="rewriting failed too often before its turn")] * len(left)
            break
        results, failure = _run(_request(files, left, own), bounds)
        done += results[: len(left)]
        if len(results) < len(left):
            done.append(Refused(reason=failure))
            failures += 1
    return tuple(done)


def _request(files: Mapping[str, bytes], patches: Sequence[Patch], own: frozenset[str]) -> Request:
    """Only what they change: the rest need not be known there."""
    wanted = {path for patch in patches for path in changed_paths(patch)}
    given = {path: files[path] for path in sorted(wanted) if path in files}
    return Request(files=given, patches=tuple(patches), own=own)


def _run(request: Request, bounds: Bounds) -> tuple[list[Result], str]:
    """The results up to the end or the first failure, and what failed."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as taken:
        given.write(msgspec.msgpack.encode(request))
        given.seek(0)
        failure = _ended(given, taken, bounds, len(request.patches))
        taken.seek(0)
        return list(_results(taken.read(bounds.output_bytes))), failure


def _ended(given: IO[bytes], taken: IO[bytes], bounds: Bounds, patches: int) -> str:
    """Why the process did not end well; said of one that did, too, in case that it answers too little."""
    limits = (str(bounds.memory_bytes), str(bounds.output_bytes), str(bounds.cpu_s))
    with subprocess.Popen(
        [sys.executable, "-I", "-c", _START, *limits, *_folders()],
        stdin=given,
        stdout=taken,
        stderr=subprocess.DEVNULL,
        env={},
        start_new_session=True,
    ) as process:
        try:
            code = process.wait(bounds.wall_s * patches)
        except subprocess.TimeoutExpired:
            process.kill()
            return f"rewriting it takes more than {bounds.wall_s:g} s"
    if code == NO_LIBCST:
        raise MissingExtra("rewriting code needs libcst, which is not installed.", remedy="pip install 'gnomon[fix]'")
    if code == -getattr(signal, "SIGXCPU", 0) or code == -signal.SIGKILL:
        return f"rewriting it takes more than {bounds.cpu_s} s of processor time"
    if code < 0:
        return f"rewriting it ended by signal {-code}, as for want of memory"
    return f"rewriting it failed (exit code {code})"


def _folders() -> Iterable[str]:
    """Where gnomon and msgspec were imported from, in case that these are on PYTHONPATH and not installed.

    LibCST is not looked for here: a program's working folder may have something of that name.
    """
    return dict.fromkeys(str(Path(module.__file__).parents[1]) for module in (gnomon, msgspec) if module.__file__)


def _results(data: bytes) -> Iterator[Result]:
    decoder = msgspec.msgpack.Decoder(Result)
    at = 0
    while at + LENGTH_BYTES <= len(data):
        end = at + LENGTH_BYTES + int.from_bytes(data[at : at + LENGTH_BYTES], "big")
        if end > len(data):
            return
        yield decoder.decode(data[at + LENGTH_BYTES : end])
        at = end

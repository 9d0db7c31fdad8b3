"""An answer's files scanned, in a process of their own: what is made to harm the scanner harms that process alone."""

import sys
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from gnomon.core.errors import GnomonError
from gnomon.core.finding import Finding, Skipped
from gnomon.core.model import Knowledge
from gnomon.core.tree import SourceFile, Tree
from gnomon.io.confined import Bounds, run, sources
from gnomon.learn.verdict import Scanned
from gnomon.scan.detect import findings

_START = "import sys; sys.path.extend(sys.argv[1:]); from gnomon.io.lesson_scan import main; main()"
"""With `-I`, which keeps the working folder out: the learner's files may lie there."""


class _Request(Struct, frozen=True, kw_only=True):
    files: dict[str, bytes]
    knowledge: Knowledge


def scanned(files: Mapping[str, bytes], knowledge: Knowledge) -> Scanned:
    """What the scanner says of the files, here and now."""
    named = [SourceFile(path=name, data=data) for name, data in sorted(files.items()) if name.endswith(".py")]
    results = tuple(findings(Tree(target="", files=tuple(named)), knowledge))
    return Scanned(
        findings=tuple(result for result in results if isinstance(result, Finding)),
        skipped=tuple(result for result in results if isinstance(result, Skipped)),
    )


def scanned_apart(files: Mapping[str, bytes], knowledge: Knowledge, bounds: Bounds | None = None) -> Scanned:
    """The same, from another process. Raises GnomonError if that comes to no answer."""
    given = msgspec.msgpack.encode(_Request(files=dict(files), knowledge=knowledge))
    ended = run([sys.executable, "-I", "-c", _START, *sources()], bounds or Bounds(wall_s=60, cpu_s=30), ".", {}, given)
    if ended.code or ended.late:
        why = "it takes too long" if ended.late else f"the scanner ended with {ended.code}"
        raise GnomonError(f"the files can't be scanned: {why}.", remedy="gnomon scan . in the exercise's folder")
    return msgspec.msgpack.decode(ended.output, type=Scanned)


def main() -> None:
    """Reads a request on standard input, and writes what the scanner says to standard output."""
    request = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=_Request)
    sys.stdout.buffer.write(msgspec.msgpack.encode(scanned(request.files, request.knowledge)))
    sys.stdout.buffer.flush()

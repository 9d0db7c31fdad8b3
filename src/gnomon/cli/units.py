"""Files -> their units: from what is kept of earlier runs, else parsed, by as many processes as the spread has."""

from collections.abc import Iterable, Sequence

from gnomon.core.model import Knowledge
from gnomon.core.spread import Spread
from gnomon.core.tree import SourceFile
from gnomon.io.unit_store import FileUnits, UnitStore
from gnomon.python.parse import TOO_DEEP
from gnomon.trace import reading
from gnomon.trace.sinks import sink_tokens
from gnomon.trace.worth import Worth


def units_of(
    files: Sequence[SourceFile], knowledge: Knowledge, spread: Spread, worth: Worth | None = None, *, keep: bool = True
) -> dict[str, FileUnits]:
    """The units of each file, by path; the files' data is searchable text. Without `keep` no cache is asked.

    With `worth` only those units that it chooses.
    """
    sinks = sink_tokens(knowledge.models)

    def ask(file: SourceFile) -> FileUnits:
        units, problem = reading.units_of(file.path, file.data, sinks, worth)
        return FileUnits(units, problem, lasting=TOO_DEEP not in problem)

    def compute(files: Sequence[SourceFile]) -> Iterable[FileUnits]:
        return spread(ask, files, FileUnits, _lost)

    if keep:
        version = f"{knowledge.version} {worth.version}" if worth is not None else knowledge.version
        return UnitStore(version=version).units_of(files, compute)
    return dict(zip((file.path for file in files), compute(files), strict=True))


def _lost(_: SourceFile, why: str) -> FileUnits:
    return FileUnits((), f"not compared: {why}", lasting=False)

"""A list of targets -> a folder of answers: has those examined that have none yet, keeps what comes, makes tables."""

import platform
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import monotonic

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gnomon.cli.ecosystem import MADE_OF_ALL
from gnomon.core.crew import Crew, Done
from gnomon.core.errors import GnomonError
from gnomon.core.pace import Pace
from gnomon.core.survey import Instructions, Surveyed
from gnomon.io.survey_store import Survey, SurveyStore
from gnomon.io.survey_tables import write_tables
from gnomon.io.target_list import Wanted
from gnomon.render.document import packed
from gnomon.render.survey_json import document
from gnomon.render.survey_rows import TABLES, Row, parsed, rows
from gnomon.render.survey_tally import Counting, Tally


class Work(Struct, frozen=True, kw_only=True):
    """What is there to do."""

    left: tuple[Wanted, ...]
    before: int
    """Targets of the list that have an answer already."""


def work(store: SurveyStore, wanted: Sequence[Wanted], *, retry_failed: bool) -> Work:
    """The targets that have no answer yet; with `retry_failed` those too that failed."""
    left = tuple(each for each in wanted if not store.done(each.target) or (retry_failed and store.failed(each.target)))
    return Work(left=left, before=len(wanted) - len(left))


def survey_of(instructions: Instructions, wanted: Iterable[Wanted]) -> Survey:
    """What a survey is, that begins now."""
    listed = "\n".join(each.target for each in wanted).encode("utf-8", "surrogatepass")
    return Survey(
        tools=instructions.tools,
        trace=instructions.trace,
        audit=instructions.audit,
        all_functions=instructions.all_functions,
        history=instructions.history,
        targets=f"sha256:{sha256(listed).hexdigest()}",
        begun=_now(),
    )


def examine_all(store: SurveyStore, crew: Crew, instructions: Instructions, left: Sequence[Wanted], pace: Pace) -> None:
    """Has the targets examined, and keeps each answer as it comes. Raises GnomonError if one can't be kept.

    What failed for a reason that may pass is asked for once more at the end.
    """
    if not left:
        return
    from gnomon.cli.examining import warm_up

    asked = packed(instructions)
    warm_up(asked, fetches=any(each.target.startswith("pypi:") for each in left))
    again: list[str] = []
    with _answers(crew, asked, (each.target for each in left)) as answers:
        for done in answers:
            answer = _kept(store, done, instructions)
            pace.finished(answer.target, failed=answer.status == "failed")
            if answer.passing:
                again.append(answer.target)
    if not again:
        return
    with _answers(crew, asked, again) as answers:
        for done in answers:
            answer = _kept(store, done, instructions)
            pace.failed -= answer.status != "failed"


@contextmanager
def _answers(crew: Crew, asked: bytes, targets: Iterable[str]) -> Iterator[Iterator[Done]]:
    """What the crew answers; however the block ends, nobody is at work any more then."""
    from gnomon.cli.examining import examine

    answers = crew(partial(examine, asked), targets)
    try:
        yield answers
    finally:
        if isinstance(answers, Generator):
            answers.close()


def _kept(store: SurveyStore, done: Done, instructions: Instructions) -> Surveyed:
    answer = _answer(done, instructions)
    store.keep(answer, done.effort, worker=done.host or platform.node(), when=_now())
    return answer


def tables_of(store: SurveyStore) -> Tally:
    """Makes the tables anew from all answers, and adds up. Raises GnomonError."""
    counting = Counting()
    write_tables(store.folder, TABLES, _rows(store, counting))
    return counting.tally()


def tables_in(folder: Path) -> tuple[str, ...]:
    """Names of the files that tell the whole."""
    names = (*(f"{table}.parquet" for table in TABLES), *MADE_OF_ALL)
    return tuple(name for name in names if (folder / name).is_file())


def pace_of(left: Sequence[Wanted]) -> Pace:
    """Of targets that are begun now."""
    return Pace(weights={each.target: each.bytes for each in left}, began=monotonic())


def _rows(store: SurveyStore, counting: Counting) -> Iterator[tuple[str, Row]]:
    for key in store.answered():
        try:
            told = parsed(store.document(key))
            of_it = list(rows(key, told, store.part(key)))
        except msgspec.MsgspecError as error:
            path = store.documents / f"{key}.json"
            raise GnomonError(
                f"{path}, or what belongs to it in {store.parts}, is not what a survey writes: {error}.",
                remedy=f"rm '{path}', and survey again",
            ) from None
        counting.add(told)
        yield from of_it


def _answer(done: Done, instructions: Instructions) -> Surveyed:
    problem, remedy = f"{done.lost}.", _remedy(done.lost)
    if not done.lost:
        try:
            return msgspec.msgpack.decode(done.answer, type=Surveyed)
        except msgspec.MsgspecError:
            problem, remedy = "the answer of a worker can't be read.", "use the same gnomon there"
    lost = Surveyed(target=done.target, name=done.target, status="failed", problem=problem, remedy=remedy)
    return replace(lost, document=document(lost, instructions.tools, None, None, None))


def _remedy(lost: str) -> str:
    if "memory" in lost:
        return "--retry-failed with more --memory, and fewer --workers"
    return "--retry-failed with more --timeout" if "longer" in lost else "--retry-failed"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

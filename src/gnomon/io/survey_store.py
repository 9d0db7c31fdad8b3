"""The folder of a survey: a document a target, whose presence means that it is done, and a journal of what each took.

Any process may be killed at any moment: a document appears whole or not at all, and is written last.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import Literal

import msgspec
from msgspec import Struct

from gnomon.core.crew import Effort
from gnomon.core.errors import GnomonError
from gnomon.core.survey import Status, Surveyed, Tools
from gnomon.io import durable, locks

SCHEMA = 1
_UNSAFE = re.compile(r"[^A-Za-z0-9.=_-]+")
_LONGEST_NAME = 80
_END = b"}\n"
"""Of a document that is whole."""
_LARGEST_FAILURE = 65_536
"""Bytes of a document that says that its target could not be read."""
_PATIENCE_S = 5.0
"""For processes of a run that was killed a moment ago, which still hold its lock."""


class Survey(Struct, frozen=True, kw_only=True):
    """What a folder's survey is: written once. Other answers would be another survey."""

    schema: int = SCHEMA
    tools: Tools
    trace: bool
    audit: bool
    all_functions: bool
    history: bool
    targets: str
    """sha256 of the list of targets that it began with; a longer one may go on with it."""
    begun: str
    """ISO 8601, in UTC."""


class Entry(Struct, frozen=True, kw_only=True):
    """A line of the journal."""

    target: str
    key: str
    status: Status
    effort: Effort
    worker: str
    """The machine that kept the answer."""
    when: str
    """ISO 8601, in UTC."""


class _Head(Struct, frozen=True):
    """The fields of a document that are asked for."""

    status: str


class SurveyStore:
    """An open folder. One process has it at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.documents = folder / "targets"
        self.parts = folder / "parts"

    def done(self, target: str) -> bool:
        """True if there is an answer for the target, and it is whole."""
        return _is_whole(self.documents / f"{key_of(target)}.json")

    def failed(self, target: str) -> bool:
        """True if the answer is that it could not be read."""
        path = self.documents / f"{key_of(target)}.json"
        try:
            if path.stat().st_size > _LARGEST_FAILURE:
                return False
            return msgspec.json.decode(path.read_bytes(), type=_Head).status == "failed"
        except (OSError, msgspec.MsgspecError):
            return False

    def keep(self, answer: Surveyed, effort: Effort, *, worker: str, when: str) -> None:
        """Keeps the answer: once this returns, it outlives a loss of power. Raises GnomonError."""
        key = key_of(answer.target)
        entry = Entry(target=answer.target, key=key, status=answer.status, effort=effort, worker=worker, when=when)
        try:
            if answer.part:
                durable.replace(self.parts / f"{key}.msgpack", answer.part)
            else:
                (self.parts / f"{key}.msgpack").unlink(missing_ok=True)
            durable.replace(self.documents / f"{key}.json", answer.document)
            _append(self.folder / "journal.jsonl", msgspec.json.encode(entry))
        except OSError as error:
            raise _unwritable(self.folder, error) from None

    def answered(self) -> list[str]:
        """Keys of all answers, in order."""
        try:
            with os.scandir(self.documents) as listing:
                names = [entry.name for entry in listing]
        except OSError:
            return []
        return sorted(name.removesuffix(".json") for name in names if name.endswith(".json") and name[0] != ".")

    def document(self, key: str) -> bytes:
        """A target's document. Raises GnomonError if it is gone, or torn."""
        path = self.documents / f"{key}.json"
        try:
            data = path.read_bytes()
        except OSError as error:
            raise GnomonError(
                f"{path} can't be read: {error.strerror}.", remedy=f"gnomon survey LIST -o {self.folder}"
            ) from None
        if not data.endswith(_END):
            raise GnomonError(f"{path} is not whole.", remedy=f"rm {quote(str(path))}, and survey again")
        return data

    def part(self, key: str) -> bytes:
        """Msgpack of what the target adds to the comparison; empty if it adds nothing."""
        try:
            return (self.parts / f"{key}.msgpack").read_bytes()
        except OSError:
            return b""

    def journal(self) -> Iterator[Entry]:
        """Its lines; one that was torn when power was lost is passed over."""
        try:
            with (self.folder / "journal.jsonl").open("rb") as file:
                for line in file:
                    try:
                        yield msgspec.json.decode(line, type=Entry)
                    except msgspec.MsgspecError:
                        continue
        except FileNotFoundError:
            return


def key_of(target: str) -> str:
    """The name of a target's files: what can be read of it, and 12 digits of its hash."""
    digest = hashlib.sha256(target.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    readable = _UNSAFE.sub("-", target.removeprefix("pypi:")).strip("-.")[:_LONGEST_NAME]
    return f"{readable or 'target'}-{digest}"


@contextmanager
def opened(folder: Path, mode: Literal["write", "read"] = "write") -> Iterator[SurveyStore]:
    """The folder, made if it is to be written. Raises GnomonError if it can't be, or if another run has it."""
    store = SurveyStore(folder)
    if mode == "read":
        yield store
        return
    try:
        for each in (folder, store.documents, store.parts):
            each.mkdir(parents=True, exist_ok=True)
        with locks.waited_for(folder / ".lock", patience_s=_PATIENCE_S) as mine:
            if not mine:
                raise GnomonError(f"another run is at work in {folder}.", remedy="wait for it, or name another folder")
            _remove_unfinished(store)
            yield store
    except OSError as error:
        raise _unwritable(folder, error) from None


def survey_of(folder: Path) -> Survey | None:
    """What the folder's survey is; None if none was begun there. Raises GnomonError if its file can't be read."""
    path = folder / "survey.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Survey)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise GnomonError(f"{path} is not what a survey writes: {error}.", remedy="name another folder") from None


def begin(folder: Path, survey: Survey) -> None:
    """Writes what the survey is, or holds it against what it was when it began. Raises GnomonError if it differs."""
    before = survey_of(folder)
    if before is None:
        try:
            data = msgspec.json.format(msgspec.json.encode(survey), indent=2) + b"\n"
            durable.replace(folder / "survey.json", data)
        except OSError as error:
            raise _unwritable(folder, error) from None
        return
    other = [
        f"{name.replace('_', ' ')} ({_told(getattr(before, name))}, now {_told(getattr(survey, name))})"
        for name in ("schema", "trace", "audit", "all_functions", "history")
        if getattr(before, name) != getattr(survey, name)
    ] + [
        f"{name} ({getattr(before.tools, name)}, now {getattr(survey.tools, name)})"
        for name in Tools.__struct_fields__
        if getattr(before.tools, name) != getattr(survey.tools, name)
    ]
    if other:
        raise GnomonError(
            f"the survey in {folder} was begun with something else: {', '.join(other)}.",
            remedy="gnomon survey LIST -o ANOTHER-FOLDER",
        )


def _told(value: object) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


def _is_whole(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(max(size - len(_END), 0))
            return file.read() == _END
    except OSError:
        return False


def _append(path: Path, line: bytes) -> None:
    """Appends a line, after the end of one that was torn."""
    with path.open("a+b") as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
            line = line if file.read(1) == b"\n" else b"\n" + line
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _remove_unfinished(store: SurveyStore) -> None:
    for folder in (store.folder, store.documents, store.parts):
        for path in folder.glob(f".*{durable.SUFFIX}"):
            path.unlink(missing_ok=True)


def _unwritable(folder: Path, error: OSError) -> GnomonError:
    return GnomonError(
        f"{folder} can't be written: {(error.strerror or type(error).__name__).lower()}.",
        remedy="name another folder with -o",
    )

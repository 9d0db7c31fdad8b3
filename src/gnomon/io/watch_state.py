"""What a watch remembers between runs, in its state folder: each file appears whole or not at all."""

import itertools
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from gnomon.core.errors import GnomonError
from gnomon.core.watch import WatchReport
from gnomon.io import durable
from gnomon.io.listing import Page

_STATE = "watch.json"
_PAGES = "watch-pages.json"
_SCHEMA = 1
Kept = TypeVar("Kept", bound=Struct)


class Memory(Struct, frozen=True, kw_only=True):
    """What is remembered of a package."""

    settled: tuple[str, ...]
    """Versions that are no news any more: they were told, or were there before anybody looked."""
    withdrawn: tuple[str, ...] = ()
    """Versions that were withdrawn, and told to be."""
    newest: str = ""
    """The newest version that was looked at."""
    open: int | None = None
    """Open flaws of that version."""


class State(Struct, frozen=True, kw_only=True):
    """What is remembered of all."""

    schema: int = _SCHEMA
    report: int = 0
    """Number of the last report."""
    packages: dict[str, Memory] = {}
    untold: WatchReport | None = None
    """The last report, as long as it is not known to have been told."""


class Pages(Struct, frozen=True, kw_only=True):
    """What package indexes have answered; only spares them to say it again."""

    schema: int = _SCHEMA
    pages: dict[str, Page] = {}


def load(folder: Path) -> State:
    """What is remembered; an empty state if there is none. Raises GnomonError."""
    path = folder / _STATE
    try:
        state = msgspec.json.decode(path.read_bytes(), type=State)
    except FileNotFoundError:
        return State()
    except OSError as error:
        raise _unusable(path, (error.strerror or type(error).__name__).lower()) from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _unusable(path, str(error)) from None
    if state.schema != _SCHEMA:
        raise _unusable(path, f"it is of schema {state.schema}, of another gnomon")
    return state


def save(folder: Path, state: State) -> None:
    """Remembers the state from here on, whatever happens to this process or machine. Raises GnomonError."""
    _replace(folder / _STATE, msgspec.json.encode(state))


def load_pages(folder: Path) -> dict[str, Page]:
    """Pages of earlier runs; what can't be read is only asked for again."""
    try:
        kept = msgspec.json.decode((folder / _PAGES).read_bytes(), type=Pages)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return {}
    return kept.pages if kept.schema == _SCHEMA else {}


def save_pages(folder: Path, pages: dict[str, Page]) -> None:
    """Keeps the pages for the next run. Raises GnomonError."""
    _replace(folder / _PAGES, msgspec.json.encode(Pages(pages=pages)))


def set_aside(folder: Path) -> Path:
    """Moves a survey's answers, which other tools gave, to a folder of their own in it; where. Raises GnomonError."""
    numbers = (str(number) for number in itertools.count(1))
    aside = next(path for number in numbers if not (path := folder / "before" / number).exists())
    # What says by which tools comes last: a run that is killed on the way is gone on with.
    moved = ["targets", "parts", "journal.jsonl", *(path.name for path in folder.glob("*.parquet"))]
    try:
        aside.mkdir(parents=True)
        for name in (*moved, "ecosystem.json", "report.html", "survey.json"):
            if (folder / name).exists():
                (folder / name).rename(aside / name)
        for name in ("targets", "parts"):
            (folder / name).mkdir()
    except OSError as error:
        raise _unwritable(folder, error) from None
    return aside


def _replace(path: Path, data: bytes) -> None:
    try:
        durable.replace(path, data)
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> GnomonError:
    return GnomonError(
        f"{path} can't be written: {(error.strerror or type(error).__name__).lower()}.",
        remedy="make room there, or name another folder with -o",
    )


def _unusable(path: Path, why: str) -> GnomonError:
    return GnomonError(f"{path} can't be used: {why}.", remedy="name another folder with -o, and begin anew")

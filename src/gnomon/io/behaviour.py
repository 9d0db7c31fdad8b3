"""A lesson's check, run on a copy of an answer's files: the program, and what it starts, is ended with it."""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from gnomon import store
from gnomon.io.confined import Bounds, Ended, run, sources
from gnomon.learn.verdict import Behaviour

_HOLDS, _FAILS = "ok: ", "no: "
_KEPT = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
_BOUNDS = Bounds()
_SHOWN_LINES = 20
"""Of each kind; a check has five or so, but the learner's program may print into it."""


def behaviour_of(files: Mapping[str, bytes], check: str, bounds: Bounds = _BOUNDS) -> Behaviour:
    """What the check says of the files. Their code is run: it is the learner's own, and the lesson's."""
    with tempfile.TemporaryDirectory(prefix="gnomon-learn-", ignore_cleanup_errors=True) as folder:
        answer, beside = Path(folder, "answer"), Path(folder, "beside")
        answer.mkdir()
        beside.mkdir()
        for name, data in files.items():
            file = answer / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        program = beside / "lesson_check.py"
        program.write_text(check, encoding="utf-8")
        ended = run([sys.executable, str(program)], bounds, str(answer), _environment(answer, beside))
    return _told(ended, bounds)


def _environment(answer: Path, beside: Path) -> dict[str, str]:
    """Nothing of the user's beside what programs need to be found, and what gnomon keeps, for checks that run it."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "HOME": str(beside),
        "GNOMON_CACHE_DIR": str(store.folder("")),
        "TMPDIR": str(beside),
        "PYTHONPATH": os.pathsep.join((str(answer), *sources())),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }


def _told(ended: Ended, bounds: Bounds) -> Behaviour:
    lines = ended.output.decode("utf-8", "replace").splitlines()
    holds, fails = _after(_HOLDS, lines), _after(_FAILS, lines)
    return Behaviour(holds=holds, fails=fails, broke=_broke(ended, bounds, bool(fails)))


def _after(mark: str, lines: list[str]) -> tuple[str, ...]:
    return tuple(line.removeprefix(mark).strip() for line in lines if line.startswith(mark))[:_SHOWN_LINES]


def _broke(ended: Ended, bounds: Bounds, told: bool) -> str:  # noqa: FBT001 (private)
    if ended.late:
        return f"The check was ended after {bounds.wall_s:g} seconds: something waits for ever."
    if ended.code == 0 or (told and ended.code > 0):
        return ""
    if ended.code < 0:
        return f"The check was ended by signal {-ended.code}, as for too much memory or processor time."
    last = " ".join(list(_last_words(ended))[:1])
    return f"The check could not go on: {last}" if last else f"The check ended with {ended.code}."


def _last_words(ended: Ended) -> Iterator[str]:
    lines = ended.errors.decode("utf-8", "replace").splitlines()
    return (line.strip() for line in reversed(lines) if line.strip())

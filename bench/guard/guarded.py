"""Goes ways under gnomon's guard: learns a policy from the harmless twins, then enforces it on both."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.guard.way import Way

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("child.py")
GUARD = (sys.executable, "-m", "gnomon.guard")
TELLING = ("not-covered", "escaped")


class Answers(NamedTuple):
    """What a process told of ways."""

    of: dict[tuple[str, str], dict]
    """(way, what was sent) -> what child.py wrote."""
    events: tuple[dict, ...] = ()
    """What guard wrote meanwhile."""
    noise: str = ""
    """The end of standard error."""


def went(python: str, ways: Iterable[str], folder: Path, *options: str, timeout_s: float) -> Answers:
    """The answers of a process that goes these ways."""
    return _run([python, str(CHILD)], ways, folder, options, timeout_s)


def guarded(python: str, ways: Sequence[Way], folder: Path, *, timeout_s: float) -> Answers:
    """As `went` for both messages, under a policy that was learned from the twins. Empty if none was learned."""
    policy, events = folder / "policy.json", folder / "events.jsonl"
    names = [way.id for way in ways]
    taken = [option for way in ways for name in way.taken for option in ("--i-know", name)]
    learn = [*GUARD, "learn", "-o", str(policy), "--events", os.devnull, *taken, "--", python, str(CHILD)]
    learned = _run(learn, names, folder, ("--send", "calm"), timeout_s)
    if not policy.exists():
        return learned._replace(of={})
    enforce = [*GUARD, "--policy", str(policy), "--events", str(events), "--", python, str(CHILD)]
    answers = _run(enforce, names, folder, (), timeout_s)
    return answers._replace(events=tuple(_lines(events)))


def said(answers: Answers, way: Way) -> str:
    """The reason that guard's events give for not covering this way; empty if they say nothing of it."""
    telling = [event for event in answers.events if event["event"] in TELLING and way.told_as]
    reasons = (str(event.get("why") or event["event"]) for event in telling if way.told_as in json.dumps(event))
    return next(reasons, "")


def _run(
    command: Sequence[str], ways: Iterable[str], folder: Path, options: Sequence[str], timeout_s: float
) -> Answers:
    out = folder / "answers.jsonl"
    out.unlink(missing_ok=True)
    whole = [*command, "--out", str(out), *options, *ways]
    try:
        done = subprocess.run(
            whole, cwd=ROOT, env=_environment(), capture_output=True, text=True, timeout=timeout_s, check=False
        )
        noise = done.stderr
    except subprocess.TimeoutExpired:
        noise = f"no end after {timeout_s:.0f} s"
    return Answers({(told["way"], told["sent"]): told for told in _lines(out)}, noise=noise[-2000:])


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COVERAGE", "COV_"))}


def _lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

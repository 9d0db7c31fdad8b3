"""What `gnomon fix` offers for a release in a style, and whether that holds: judged by other means than its own."""

import ast
import difflib
import json
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench.fix.results import Style

PATIENCE_S = 1200
_PLACE = re.compile(r"\(?[\w./-]+\.py:\d+(?::\d+)?\)?")
_QUOTED = re.compile(r"`[^`]*`")
_POLICY = re.compile(r"\S*/policy\.json")
_NOTE = "note"
_NARROWING = {"endpoint", "deployment"}
"""Recipes that make a flaw harder to reach and remove nothing: they are no part of the count."""


def offered(tree: Path, style: str, copy: Path, policy: Path | None = None) -> Style:
    """The style's row; `copy` is made from `tree`, and holds what was written."""
    more = () if policy is None else ("--policy", policy)
    name = style if policy is None else f"{style} --policy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(tree, copy)
    before = _scanned(copy)
    began = time.perf_counter()
    said = _gnomon("fix", copy, "--style", style, *more, "--write", "--unsafe", "--format", "json", "--no-progress")
    seconds = round(time.perf_counter() - began, 1)
    if isinstance(said, str):
        return Style(style=name, automatic=0, suggested=0, impossible=0, seconds=seconds, error=said)
    changed = _changed(tree, copy)
    return Style(
        style=name,
        seconds=seconds,
        **_standings(said),
        **_held(said, before, _scanned(copy)),
        changed=len(changed),
        added=len(_files(copy) - _files(tree)),
        unparsed=sum(_parses(tree / name) and not _parses(copy / name) for name in changed)
        + sum(not _parses(copy / name) for name in _files(copy) - _files(tree)),
        strays=sum(_strays(tree / name, copy / name, _named(said, name)) for name in changed),
    )


def _standings(said: dict[str, Any]) -> dict[str, Any]:
    """Each finding counts once, by the best of its offers."""
    offers = [offer for offer in said["offers"] if offer["recipe"] not in _NARROWING]
    best: dict[str, str] = {}
    order = ("automatic", "suggested", "impossible")
    for offer in offers:
        for finding in offer["findings"]:
            best[finding] = min(best.get(finding, "impossible"), offer["standing"], key=order.index)
    counted = Counter(
        best[finding["fingerprint"]] for finding in _red(said["findings"]) if finding["fingerprint"] in best
    )
    reasons = Counter(
        reason
        for offer in offers
        if offer["standing"] != "automatic"
        for reason in {_without_places(why) for why in offer["why"]}
    )
    return {standing: counted[standing] for standing in order} | {"reasons": tuple(reasons.most_common(8))}


def _held(said: dict[str, Any], before: list[Any], after: list[Any]) -> dict[str, Any]:
    """What was to go, what of it is still there, and what is new."""
    chosen = {
        finding
        for offer in said["offers"]
        if offer["chosen"] and offer["recipe"] not in _NARROWING
        for finding in offer["findings"]
    }
    there, now = Counter(map(_place, _red(before))), Counter(map(_place, _red(after)))
    applied = Counter(_place(finding) for finding in _red(said["findings"]) if finding["fingerprint"] in chosen)
    return {
        "applied": applied.total(),
        "gone": tuple(sorted({(path, qualname) for path, _, qualname in applied})),
        "left": ((now - (there - applied)) & applied).total(),
        "brought": (now - there).total(),
    }


def _place(finding: dict[str, Any]) -> tuple[str, str, str]:
    return finding["path"], finding["rule"], finding["qualname"]


def _red(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [finding for finding in findings if finding["severity"] != _NOTE]


def _without_places(why: str) -> str:
    """The reason with what differs from release to release left out, so that it can be counted."""
    return _QUOTED.sub("`…`", _PLACE.sub("…", _POLICY.sub("the policy", why)))[:160]


def _scanned(tree: Path) -> list[dict[str, Any]]:
    said = _gnomon("scan", tree, "--format", "json", "--no-progress")
    return said["findings"] if isinstance(said, dict) else []


def _gnomon(*arguments: object) -> dict[str, Any] | str:
    """The answer, or what went wrong."""
    command = [sys.executable, "-m", "gnomon", *map(str, arguments)]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except subprocess.TimeoutExpired:
        return f"no answer in {PATIENCE_S} s"
    if ended.returncode not in (0, 1, 4):
        return (ended.stderr.strip().splitlines() or [f"exit code {ended.returncode}"])[-1]
    return json.loads(ended.stdout)


def _files(tree: Path) -> set[str]:
    return {str(path.relative_to(tree)) for path in tree.rglob("*.py")}


def _changed(tree: Path, copy: Path) -> list[str]:
    return [name for name in sorted(_files(tree)) if (tree / name).read_bytes() != (copy / name).read_bytes()]


def _parses(path: Path) -> bool:
    try:
        ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return False
    return True


def _named(said: dict[str, Any], name: str) -> tuple[set[str], set[str]]:
    """Lines that the answer says are taken from a file, and put into it."""
    removed, added, inside = set(), set(), False
    for line in said["diff"].splitlines():
        if line.startswith(("--- ", "+++ ")):
            inside = line.rstrip().endswith(name)
        elif inside and line.startswith("-"):
            removed.add(line[1:])
        elif inside and line.startswith("+"):
            added.add(line[1:])
    return removed, added


def _strays(old: Path, new: Path, named: tuple[set[str], set[str]]) -> int:
    """Lines that differ although no offer says so, and lines that differ in white space alone."""
    removed, added = named
    one, two = (path.read_text(encoding="utf-8", errors="replace").splitlines() for path in (old, new))
    found = 0
    for kind, begin, end, other, last in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        gone, come = one[begin:end], two[other:last]
        found += sum(line not in removed for line in gone) + sum(line not in added for line in come)
        found += sum(here != there and here.split() == there.split() for here, there in zip(gone, come, strict=False))
    return found

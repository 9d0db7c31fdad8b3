"""What `gnomon fix --report` tells the maintainers: each offer with its diff and its tests."""

from collections.abc import Sequence
from pathlib import Path

from gnomon.core.rule import Rule
from gnomon.render.fix_outcome import FixOutcome, Tried
from gnomon.render.fix_report import Disclosure, Remedied
from gnomon.render.unified import diff


def disclosure(outcome: FixOutcome, rules: Sequence[Rule]) -> Disclosure:
    """What the report is made of."""
    return Disclosure(
        report=outcome.report,
        remedied=tuple(_remedied(tried) for tried in outcome.tried),
        rules=tuple(rules),
        folder=_working_folder(),
    )


def _remedied(tried: Tried) -> Remedied:
    paths = {section.path for section in tried.offer.tests}
    tests = [change for change in tried.changes if change.path in paths]
    code = [change for change in tried.changes if change.path not in paths]
    return Remedied(
        offer=tried.offer,
        diff=diff(code).decode("utf-8", "backslashreplace"),
        tests=tuple((change.path, change.after.decode("utf-8", "backslashreplace")) for change in tests),
        scanned_again=bool(tried.changes),
    )


def _working_folder() -> str:
    try:
        return str(Path.cwd())
    except FileNotFoundError:  # somebody removed it
        return ""

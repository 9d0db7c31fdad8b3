"""GitHub's annotations: the worst first, at most ten of a kind, and nothing lost."""

import re

import pytest
from msgspec.structs import replace

from gnomon.core.finding import Report, Skipped
from gnomon.core.severity import Severity
from gnomon.render.github import write
from tests.render.sample import CLEAN, CRITICAL, HIGH, MEDIUM, NOTE, REPORT, outcome

MANY = {Severity.CRITICAL: 7, Severity.HIGH: 6, Severity.MEDIUM: 12, Severity.LOW: 4, Severity.NOTE: 9}


def test_a_command_is_as_github_documents_it():
    """Kind by severity; file, line, column and title as properties; the message has endpoint, remedy and flow."""
    [command, *_] = _lines(replace(CLEAN, target=".", findings=(CRITICAL,)))
    properties, message = re.fullmatch(r"::error (.+?)::(.+)", command).groups()

    assert (
        properties == "file=engine/rpc/codec.py,line=12,col=12,title=critical%3A pickle-over-network (confidence high)"
    )
    assert message.split("%0A") == [
        CRITICAL.message,
        "Endpoint: bind tcp://*:{port}, reach any-host, no authentication",
        f"Remedy: {CRITICAL.remedy}",
        *(f"{n}. {step.site.path}:{step.site.line} {step.note}" for n, step in enumerate(CRITICAL.flow, start=1)),
    ]


@pytest.mark.parametrize(
    ("finding", "kind"), [(CRITICAL, "error"), (HIGH, "error"), (MEDIUM, "warning"), (NOTE, "notice")]
)
def test_severity_decides_the_kind(finding, kind):
    """Critical and high are errors, medium is a warning, the rest are notices."""
    assert _kinds(replace(CLEAN, findings=(finding,))) == [kind]


def test_what_github_would_drop_is_in_the_log_and_counted():
    """Ten of each kind are commands, the worst of them; the others are plain lines, and the last one counts them."""
    report = replace(CLEAN, target=".", findings=tuple(_findings()))

    lines = _lines(report)
    plain = [line for line in lines if line.startswith("gnomon: f")]

    assert _kinds(report) == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    assert sum("critical%3A" in line for line in lines) == MANY[Severity.CRITICAL]
    assert len(plain) + 29 == sum(MANY.values())
    assert lines[-1].startswith("::notice title=gnomon%3A not annotated::9 results without an annotation")
    names = {re.search(r"f\d+\.py", line)[0] for line in lines if "not annotated" not in line and "f" in line[:40]}
    assert len(names) == sum(MANY.values())


def test_what_was_not_looked_at_comes_first():
    """An incomplete run has an error above all findings, with what was skipped and why."""
    first = _lines(REPORT)[0]

    assert first.startswith("::error title=gnomon%3A incomplete::inference-server-1.2.tar.gz: 2 parts not looked at%0A")
    assert "engine/legacy.py: not Python 3.11: invalid syntax at line 3" in first


def test_no_message_is_longer_than_the_runner_takes():
    """The runner cuts at 4,096 UTF-16 units: a longer message ends before, and says how many lines there are more."""
    skips = tuple(Skipped(path=f"{number}.py", reason="\U0001f40d" * 30) for number in range(500))

    [command] = [line for line in _lines(replace(CLEAN, skipped=skips)) if line.startswith("::")]
    message = command.partition("incomplete::")[2].replace("%0A", "\n")

    assert len(message.encode("utf-16-le")) // 2 <= 4096
    shown = message.count(".py: ")
    assert message.endswith(f"and {500 - shown} more lines; --format json has them all")


def test_a_clean_run_has_no_command():
    """Nothing to annotate: one plain line for the log."""
    assert _lines(CLEAN) == ["gnomon: src: nothing found"]


def _findings():
    number = 0
    for severity, count in MANY.items():
        for _ in range(count):
            number += 1
            site = replace(NOTE.site, path=f"f{number}.py")
            yield replace(NOTE, severity=severity, site=site)


def _lines(*reports: Report) -> list[str]:
    return write(outcome(*reports)).data.decode().splitlines()


def _kinds(*reports: Report) -> list[str]:
    return [line[2:].partition(" ")[0] for line in _lines(*reports) if line.startswith("::")]

"""`gnomon` without a verb: how do I stand, here and now? One short summary, offline, of what is only read."""

import os
import sys
from collections.abc import Callable
from time import perf_counter

from msgspec import Struct

from gnomon.cli import console
from gnomon.cli.progress import progress
from gnomon.cli.scan import exit_code
from gnomon.cli.scanning import Question, asked, scanned
from gnomon.core.errors import NothingToScan, TargetError
from gnomon.render import standing, standing_audit
from gnomon.render.page import Page

_WORST_FIRST = (4, 1, 3, 0)
"""Incomplete wins over found, found over nothing to look at, and that over clean."""


class Seen(Struct, frozen=True):
    """What a look at one part gave."""

    write: Callable[[Page], None]
    """Adds the part's lines to the page."""
    code: int
    """The exit code that this part alone would give."""


class Part(Struct, frozen=True):
    """One part of the summary; a verb joins by its entry in `PARTS`."""

    name: str
    look: Callable[[], Seen]


def stand() -> int:
    """Looks at every part, prints the summary, and returns the exit code of the worst."""
    page = Page(console.style_of(sys.stdout))
    codes = []
    for part in PARTS:
        seen = part.look()
        seen.write(page)
        codes.append(seen.code)
    console.print_text(page.text())
    return min(codes, key=_WORST_FIRST.index)


def _folder() -> Seen:
    """The current folder, scanned as `gnomon scan .` does without options."""
    from gnomon.cli.policy import policy, today

    chosen = policy(["."], today=today())
    known = chosen.knowledge()
    began = perf_counter()
    with progress("scanning this folder", sys.stderr if console.shows_progress(sys.stderr) else None):
        try:
            report = scanned(".", asked(Question(), chosen), known, None, chosen)
        except NothingToScan as error:
            problem = error.problem
            return Seen(lambda page: standing.write_nothing(page, problem), error.exit_code)
    elapsed_s = perf_counter() - began
    remarks = (*chosen.remarks, *report.remarks, *chosen.entries.remarks())
    return Seen(lambda page: standing.write_folder(page, report, remarks, elapsed_s=elapsed_s), exit_code([report]))


def _host() -> Seen:
    """This host's listening sockets, as the system lists them. None is connected to: that alone can cost messages."""
    from gnomon.io.procfs import listeners

    try:
        seen = listeners()
    except TargetError as error:
        problem = error.problem
        return Seen(lambda page: standing.write_unlisted(page, problem), 0)
    return Seen(lambda page: standing.write_host(page, seen.found, hidden=seen.hidden), 0)


def _environment() -> Seen:
    """The active environment, as `gnomon audit` looks at it, but without asking scan about its files."""
    from gnomon.cli.audit import exit_code as audit_exit_code  # here and below, since the folder comes first
    from gnomon.cli.auditing import Question as AuditQuestion
    from gnomon.cli.auditing import audited
    from gnomon.cli.policy import today
    from gnomon.io.installed import default_environment

    name, why = default_environment(os.environ, sys.prefix)
    began = perf_counter()
    with progress("auditing this environment", sys.stderr if console.shows_progress(sys.stderr) else None):
        try:
            answer = audited(name, AuditQuestion(scan=False, today=today()))
        except TargetError as error:
            problem = error.problem
            return Seen(lambda page: standing_audit.write_problem(page, problem), 4)
    elapsed_s = perf_counter() - began
    return Seen(lambda page: standing_audit.write(page, answer, why, elapsed_s=elapsed_s), audit_exit_code(answer))


PARTS = (
    Part("this folder", _folder),
    Part("this environment", _environment),
    Part("this host", _host),
)

"""The short summary of `gnomon` without a verb: a few lines for each part, and the command that shows the rest."""

from collections.abc import Sequence

from msgspec.structs import replace

from gnomon.core.finding import Finding, Remark, Report, Skipped
from gnomon.core.severity import Severity
from gnomon.probe.observation import TcpPlace
from gnomon.probe.owner import Listener
from gnomon.probe.targets import is_loopback
from gnomon.render.asides import remark_words
from gnomon.render.page import Page, Words, counted
from gnomon.render.text import verdict

_WORST = 5
_LISTED = 3
_SHOW_ALL = "gnomon scan ."


def write_folder(page: Page, report: Report, remarks: Sequence[Remark], *, elapsed_s: float) -> None:
    """Adds what a scan of the current folder gave."""
    page.line(Words("this folder", "strong"), Words(": "), *verdict(report))
    for finding in report.findings[:_WORST]:
        _write_finding(page, finding)
    _write_more(page, len(report.findings) - _WORST, "finding")
    write_skipped(page, report.skipped, "skipped file")
    page.line(Words(f"{counted(len(report.suppressed), 'finding')} suppressed", "dim"), first=Words("  "))
    for remark in remarks[:_LISTED]:
        page.line(*remark_words(remark), first=Words("  "), rest=Words("    "))
    _write_more(page, len(remarks) - _LISTED, "remark")
    looked = f"{counted(report.files, 'file')} and {counted(report.lines, 'line')} looked at in {elapsed_s:.1f} s"
    page.line(Words(looked, "dim"), first=Words("  "))
    page.line(Words("all of it: "), Words(_SHOW_ALL, "strong"), first=Words("  "))


def write_skipped(page: Page, skipped: Sequence[Skipped], noun: str) -> None:
    """Adds the first of what was not looked at, and how many more there are."""
    for entry in skipped[:_LISTED]:
        page.line(
            Words("not looked at ", "warn"),
            Words(entry.path, "place"),
            Words(": "),
            Words(entry.reason),
            first=Words("  "),
        )
    _write_more(page, len(skipped) - _LISTED, noun)


def write_nothing(page: Page, problem: str) -> None:
    """Adds that there is no Python in the current folder; `problem` says so in a sentence."""
    page.line(Words("this folder", "strong"), Words(": nothing to look at; "), Words(problem))


def write_host(page: Page, listeners: Sequence[Listener], *, hidden: int) -> None:
    """Adds the listening sockets of processes that have ZeroMQ loaded; nobody has asked what these speak."""
    found = [entry for entry in listeners if entry.owner is not None and entry.owner.speaks_zeromq]
    found.sort(key=lambda entry: (not entry.bound or is_loopback(entry.bound), entry.bound, entry.place.endpoint))
    socket = counted(len(found), "listening socket")
    page.line(Words("this host", "strong"), Words(f": {socket} of programs with ZeroMQ; none was connected to"))
    for entry in found[:_LISTED]:
        bound = replace(entry.place, address=entry.bound) if isinstance(entry.place, TcpPlace) else entry.place
        whose = f": {entry.owner.words}" if entry.owner else ""
        page.line(Words(bound.endpoint, "place"), Words(whose), first=Words("  "), rest=Words("    "))
    _write_more(page, len(found) - _LISTED, "listening socket")
    if hidden:
        page.line(Words(f"{counted(hidden, 'program')} of other users not seen", "dim"), first=Words("  "))
    page.line(Words("whom they let in: "), Words("gnomon probe --local", "strong"), first=Words("  "))


def write_unlisted(page: Page, problem: str) -> None:
    """Adds that this system does not list its sockets; `problem` says so in a sentence."""
    page.line(Words("this host", "strong"), Words(f": not looked at; {problem}", "dim"))


def _write_finding(page: Page, finding: Finding) -> None:
    style = "high" if finding.severity is Severity.CRITICAL else finding.severity.value
    page.line(
        Words(finding.severity.value, style),
        Words(" "),
        Words(f"{finding.site.path}:{finding.site.line}", "place"),
        Words(": "),
        Words(finding.message),
        first=Words("  "),
        rest=Words("    "),
    )


def _write_more(page: Page, count: int, noun: str) -> None:
    if count > 0:
        page.line(Words(f"and {count:,} more {noun}{'' if count == 1 else 's'}", "dim"), first=Words("  "))

"""`gnomon probe`: resolve what was named, ask, judge, render."""

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from time import perf_counter

import click
from msgspec import Struct

from gnomon.cli import console
from gnomon.cli.output import check_writable, publish, replace_file
from gnomon.cli.probing import Probed, Tally, judged, probe_local, probe_named, resolved
from gnomon.cli.progress import progress
from gnomon.cli.scan import exit_code
from gnomon.core.errors import GnomonError, TargetError
from gnomon.core.finding import Remark, Skipped
from gnomon.io.prober import Pace
from gnomon.knowledge.load import load
from gnomon.probe.targets import Named, foreign, is_loopback, listed, named, ports_of
from gnomon.probe.verdict import Join, nothing_known
from gnomon.render.page import Style
from gnomon.render.probe_formats import FORMATS, writer
from gnomon.render.probe_outcome import ProbeOutcome

_POLITE_RATE = 500.0
_NAMES = 3
_EXIT_CODES = """\b
Exit code:
  0  no socket that lets in strangers
  1  there are some; a note is never one
  2  wrong usage, or addresses that need --yes-i-own
  3  nothing to look at
  4  incomplete: something could not be asked (wins over 1; findings are reported all the same)
"""


class Options(Struct, frozen=True, kw_only=True):
    """What was asked for, beside the targets."""

    file: str | None
    ports: str
    local: bool
    scan: bool
    own: bool
    pace: Pace
    resume: str | None
    all: bool
    format: str
    output: str | None
    progress: bool


@click.command(name="probe", epilog=_EXIT_CODES, short_help="Say which sockets speak ZeroMQ without authentication.")
@click.argument("targets", metavar="HOST[:PORTS]…", nargs=-1)
@click.option("--local", is_flag=True, help="Ask the sockets that listen on this host, and say whose they are.")
@click.option(
    "--scan", is_flag=True, help="With --local: scan the frameworks that own open sockets, and join what is found."
)
@click.option(
    "--targets", "file", metavar="FILE", type=click.Path(), help="Ask what FILE names, one HOST[:PORTS] a line."
)
@click.option(
    "--ports",
    metavar="PORTS",
    default="default",
    show_default=True,
    help="Ports of hosts that are named without: 5555,6000-6010, all, or default (those known for ZeroMQ).",
)
@click.option("--yes-i-own", is_flag=True, help="Ask addresses beyond loopback and private networks: they are mine.")
@click.option("--passive", is_flag=True, help="Send nothing: says who speaks ZeroMQ, and not whom it lets in.")
@click.option(
    "--rate",
    metavar="N",
    type=click.FloatRange(min=0, min_open=True),
    help="Connections begun a second.  [default: 500; on loopback no limit]",
)
@click.option(
    "--concurrency",
    metavar="N",
    type=click.IntRange(1, 20_000),
    default=4096,
    show_default=True,
    help="Connections open at a time; fewer if the limit of open files is lower.",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(0.01, 60),
    default=1.0,
    show_default=True,
    help="How long to wait for each answer of a port; to connect, twice as long.",
)
@click.option(
    "--resume", metavar="FILE", type=click.Path(), help="Keep each result in FILE, and go on where FILE ends."
)
@click.option("--all", "all_", is_flag=True, help="Show ports that are closed, filtered or speak something else too.")
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("--output", "-o", metavar="FILE", type=click.Path(dir_okay=False), help="Write the answer to FILE.")
@click.option("--no-progress", is_flag=True, help="No progress on the terminal.")
@click.help_option("-h", "--help")
def command(
    targets: tuple[str, ...],
    local: bool,
    scan: bool,
    file: str | None,
    ports: str,
    yes_i_own: bool,
    passive: bool,
    rate: float | None,
    concurrency: int,
    timeout: float,
    resume: str | None,
    all_: bool,
    format_: str,
    output: str | None,
    no_progress: bool,
) -> int:
    """Say which sockets speak ZeroMQ, whom they let in, and, on this host, whose they are.

    HOST is a name, an IPv4 or IPv6 address ([::1]:5555) or a network (10.0.0.0/24:5555-5570). Only what is named is
    asked. A port that does not greet as ZeroMQ does is sent nothing; one that does is sent at most the 64 bytes of a
    greeting, never a message.
    """
    options = Options(
        file=file,
        ports=ports,
        local=local,
        scan=scan,
        own=yes_i_own,
        pace=Pace(concurrency=concurrency, rate=rate, timeout_s=timeout, passive=passive),
        resume=resume,
        all=all_,
        format=format_,
        output=output,
        progress=not no_progress and console.shows_progress(sys.stderr),
    )
    _check(targets, options)
    return _probe(targets, options)


def _check(targets: Sequence[str], options: Options) -> None:
    if options.local and (targets or options.file):
        raise GnomonError("--local asks this host alone.", remedy="gnomon probe --local, and the other hosts apart")
    if options.local and options.resume:
        raise GnomonError("--resume is for targets that are named; --local takes a moment.", remedy="leave one out")
    if options.scan and not options.local:
        raise GnomonError("--scan needs to see whose a socket is.", remedy="gnomon probe --local --scan")
    if not (options.local or targets or options.file):
        raise GnomonError("nothing to probe was named.", remedy="gnomon probe --local")
    if options.output:
        check_writable(options.output)


def _probe(names: Sequence[str], options: Options) -> int:
    began, clock = datetime.now(UTC), perf_counter()
    known = load()
    tally = Tally(everything=options.all)
    with progress(lambda: tally.words, sys.stderr if options.progress else None):
        if options.local:
            skipped: list[Skipped] = []
            remarks: tuple[Remark, ...] = probe_local(options.pace, tally)
        else:
            skipped, remarks = _named(names, options, tally), ()
    target = "this host" if options.local else _label(names, options.file)
    probed = judged(target, tally, known, _join(options), skipped, remarks)
    outcome = _outcome(probed, options, began, perf_counter() - clock)
    document = writer(options.format)(outcome)
    if options.format == "prometheus" and options.output:
        replace_file(document.data, options.output)  # whoever collects it must not read half of it
    else:
        publish(document, options.output, options.format)
    return exit_code([probed.report])


def _named(names: Sequence[str], options: Options, tally: Tally) -> list[Skipped]:
    ports = ports_of(options.ports)
    targets = [*(named(name, ports) for name in names), *_listed(options.file, ports)]
    _refuse(foreign(targets), options)
    found, skipped = resolved(targets)
    _refuse(foreign(found), options)
    pace = options.pace
    if pace.rate is None and not all(is_loopback(each) for target in found for each in target.addresses):
        pace = Pace(concurrency=pace.concurrency, rate=_POLITE_RATE, timeout_s=pace.timeout_s, passive=pace.passive)
    label = _label(names, options.file)
    probe_named(found, pace, tally, (options.resume, _question(label, targets, pace)) if options.resume else None)
    return skipped


def _listed(file: str | None, ports: tuple[int, ...]) -> list[Named]:
    if file is None:
        return []
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise TargetError(f"{file} can't be read: {reason}.", remedy="gnomon probe --targets FILE") from error
    try:
        found = list(listed(lines, ports))
    except TargetError as error:
        raise TargetError(f"{file}: {error.problem}", remedy=error.remedy) from error
    if not found:
        raise TargetError(f"{file} names no targets.", remedy="a line for each: HOST, HOST:PORTS, or a network")
    return found


def _refuse(others: Iterable[str], options: Options) -> None:
    addresses = [] if options.own else list(dict.fromkeys(others))
    if addresses:
        shown = ", ".join(addresses[:_NAMES]) + (f" and {len(addresses) - _NAMES:,} more" if addresses[_NAMES:] else "")
        raise GnomonError(
            f"{shown}: no private address. Probing hosts that are not yours may be against the law where you are.",
            remedy="the same with --yes-i-own, if they are",
        )


def _question(label: str, targets: Sequence[Named], pace: Pace) -> str:
    """What a journal's results answer: the same targets with the same ports, in the same way."""
    whole = repr([(target.host, target.ports) for target in targets]).encode()
    return f"{label}{', passive' * pace.passive}, {blake2b(whole, digest_size=8).hexdigest()}"


def _label(names: Sequence[str], file: str | None) -> str:
    every = [*names, *([file] if file else [])]
    return ", ".join(every[:_NAMES]) + (f" and {len(every) - _NAMES:,} more" if every[_NAMES:] else "")


def _join(options: Options) -> Join:
    """What is asked about the owner of a socket beside the socket itself."""
    if not options.local:
        return nothing_known
    from gnomon.cli.joining import advisories_of, both, loads_of

    return both(advisories_of(), loads_of()) if options.scan else advisories_of()


def _outcome(probed: Probed, options: Options, began: datetime, elapsed_s: float) -> ProbeOutcome:
    return ProbeOutcome(
        report=probed.report,
        rows=probed.rows,
        counts=probed.counts,
        began=began,
        elapsed_s=elapsed_s,
        rules=tuple(rule for rule in load().rules if rule.about == "socket"),
        style=Style() if options.output else console.style_of(sys.stdout),
    )

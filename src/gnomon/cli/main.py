"""The command `gnomon`: finds the verb, runs it, and is the one place where errors become messages and exit codes.

0   clean
1   findings at or above the threshold
2   wrong usage, or a target that can't be read
3   nothing to look at
4   incomplete: something was skipped, failed or stale
70  a bug in gnomon, 130 interrupted, 141 whoever read the output closed it

Incomplete (4) wins over findings (1): they are reported all the same, but nobody should read 1 as "that is all".
"""

import gc
import os
import sys
from collections.abc import Sequence
from typing import TextIO

import click

from gnomon import __version__
from gnomon.core.errors import GnomonError

# Imported only when called: `gnomon --version` and `gnomon --help` pay for no verb and take 40-60 ms as a process, half
# of it for click (to measure: `python -X importtime -m gnomon --version`).
VERBS = {
    "scan": "Find where network bytes reach an unsafe deserializer, and who can send them.",
    "trace": "Find copies of known-flawed code, their state, and who took it from whom.",
    "audit": "Find packages with a known flaw, and look whether the flawed code is in their files.",
    "survey": "Put scan, trace and audit to thousands of releases, and keep the answers as tables.",
    "db": "Import advisories beside gnomon's own, and show which there are.",
    "probe": "Say which sockets speak ZeroMQ without authentication, and which process owns them.",
    "fix": "Offer the changes that remove findings, on both ends at once, proven by another scan.",
    "hook": "Say in a moment whether an edit brings the flaw; for editors, commit hooks and assistants.",
    "mcp": "Serve scan, explain and check_snippet to coding assistants by the Model Context Protocol.",
    "guard": "Run a server that can't be changed today, with its loads held to what was learned.",
    "keys": "Make, list and replace the keys of gnomon.wire.",
    "report": "Put the answers of many runs onto one page that needs no network.",
    "explain": "Say what a rule or advisory is about, why it is dangerous and what to do; offline.",
    "learn": "Learn to see the flaw and to remove it, in ten exercises of five minutes; offline.",
    "demo": "See scan, probe, guard, trace and fix at work on a toy server, in a minute.",
}
_USAGE, _BUG, _INTERRUPTED, _CLOSED = 2, 70, 130, 141


class Verbs(click.Group):
    """The verbs, each in its own module of the same name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """The verbs in the order they are met."""
        return list(VERBS)

    def get_command(  # noqa: C901 (a table of the verbs)
        self,
        ctx: click.Context,  # noqa: ARG002 (click's signature)
        cmd_name: str,
    ) -> click.Command | None:
        """The verb's command, or None."""
        match cmd_name:
            case "scan":
                from gnomon.cli.scan import command as verb
            case "trace":
                from gnomon.cli.trace import command as verb
            case "audit":
                from gnomon.cli.audit import command as verb
            case "survey":
                from gnomon.cli.survey import command as verb
            case "db":
                from gnomon.cli.db import command as verb
            case "probe":
                from gnomon.cli.probe import command as verb
            case "fix":
                from gnomon.cli.fix import command as verb
            case "hook":
                from gnomon.cli.hook import command as verb
            case "mcp":
                from gnomon.cli.mcp import command as verb
            case "guard":
                from gnomon.cli.guard import command as verb
            case "keys":
                from gnomon.cli.keys import command as verb
            case "demo":
                from gnomon.cli.demo import command as verb
            case "report":
                from gnomon.cli.report import command as verb
            case "explain":
                from gnomon.cli.explain import command as verb
            case "learn":
                from gnomon.cli.learn import command as verb
            case _:
                return None
        return verb

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (as above)
        """Lists the verbs without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that `args` begin with; a target or a misspelt verb gets the command that was probably meant."""
        name = args[0]
        if name in VERBS or name.startswith("-"):
            return super().resolve_command(ctx, args)
        if _looks_like_target(name):
            raise GnomonError(f"{name!r} is a target, not a verb.", remedy=f"gnomon scan {name}")
        from difflib import get_close_matches

        near = get_close_matches(name, VERBS, n=1)
        remedy = " ".join(["gnomon", near[0], *args[1:]]) if near else "gnomon --help"
        raise GnomonError(f"there is no verb {name!r}; there are: {', '.join(VERBS)}.", remedy=remedy)


def _looks_like_target(name: str) -> bool:
    from pathlib import Path

    return any(mark in name for mark in ("/", ":", ".", "@")) or Path(name).exists()


@click.group(cls=Verbs, subcommand_metavar="VERB …", invoke_without_command=True, no_args_is_help=False)
@click.version_option(__version__, "-V", "--version", prog_name="gnomon", message="%(prog)s %(version)s")
@click.help_option("-h", "--help")
@click.pass_context
def command(context: click.Context) -> int:
    """Find where network bytes reach an unsafe deserializer in Python code, and who can send them.

    Without a verb: how the current folder stands, in a short summary.
    """
    if context.invoked_subcommand is None:
        from gnomon.cli.standing import stand

        return stand()
    return 0


def main() -> None:
    """Runs the command line and exits."""
    # One short run: what it allocates is needed to the end, so looking for garbage is time spent for nothing.
    gc.disable()
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()
    code = run(sys.argv[1:])
    sys.stderr.flush()
    # Everything is written. Freeing a large project's syntax trees one by one would take a quarter of a second more.
    os._exit(code)


def _nowhere() -> TextIO:
    """For a stream that was closed before we started (`gnomon … >&-`): the exit code alone answers then."""
    from pathlib import Path

    return Path(os.devnull).open("w", encoding="utf-8")


def run(arguments: Sequence[str]) -> int:
    """The exit code, after everything was printed."""
    try:
        code = _invoke(list(arguments))
        sys.stdout.flush()
    except GnomonError as error:
        return _tell(error.problem, error.remedy, error.exit_code)
    except click.ClickException as error:
        context = error.ctx if isinstance(error, click.UsageError) else None
        return _tell(error.format_message(), f"{context.command_path if context else 'gnomon'} --help", _USAGE)
    except (KeyboardInterrupt, click.Abort):
        return _tell("interrupted.", "", _INTERRUPTED)
    except BrokenPipeError:
        return _CLOSED
    except Exception as error:  # noqa: BLE001 (the one place: whatever is not GnomonError is a bug, told as such)
        return _tell_bug(error)
    return code


def _invoke(arguments: list[str]) -> int:
    """Like click's own `main`, which would exit by itself when a pipe breaks."""
    try:
        with command.make_context("gnomon", arguments) as context:
            code = command.invoke(context)
    except click.exceptions.Exit as ending:
        return ending.exit_code
    return int(code or 0)


def _tell(problem: str, remedy: str, code: int) -> int:
    from gnomon.cli.console import print_problem
    from gnomon.render.escape import visible

    print_problem(f"gnomon: {visible(problem)}\n" + (f"try: {visible(remedy)}\n" if remedy else ""))
    return code


def _tell_bug(error: Exception) -> int:
    import traceback

    from gnomon.cli.console import print_problem
    from gnomon.render.escape import visible

    for line in "".join(traceback.format_exception(error)).splitlines():
        print_problem(f"{visible(line)}\n")
    python, platform = sys.version.split()[0], sys.platform
    print_problem(
        "gnomon: this is a bug in gnomon, not in what you typed.\n"
        "Please report it with the command and the lines above (they may name what was scanned); "
        f"this is gnomon {__version__} on Python {python}, {platform}.\n"
    )
    return _BUG

"""`gnomon demo`: a tour of six verbs on a toy server, on loopback, in a folder that is thrown away."""

import sys
import time
from collections.abc import Callable
from importlib.util import find_spec

import click
from msgspec.structs import replace

from gnomon.cli import console
from gnomon.core.errors import GnomonError, MissingExtra
from gnomon.render.tour import COLUMNS, INDENT

_NEEDS = {"zmq": "pyzmq", "cryptography": "cryptography", "libcst": "libcst", "pytest": "pytest"}
_READING_S = 2.0
_DONE, _NOT_AS_TOLD = 0, 1
_EXIT_CODES = """\b
Exit code:
  0  all happened as told
  1  a step did not show what it promises; it says which, and what there was instead
  2  wrong usage, or something that the demo needs is not installed: nothing was started
"""


@click.command(name="demo", epilog=_EXIT_CODES, short_help="See the verbs at work on a toy server, in a minute.")
@click.option("--step", is_flag=True, help="Wait for Enter after each step.")
@click.option("--fast", is_flag=True, help="No pauses to read.")
@click.option("--keep", metavar="FOLDER", help="Do it in FOLDER, which is new or empty, and leave everything there.")
@click.help_option("-h", "--help")
def command(step: bool, fast: bool, keep: str | None) -> int:
    """See the verbs at work on a toy inference server: scan, probe, guard, trace, fix, and then it is green.

    Everything is real: each command is run as it is shown, and what it prints is shortened, never made up. The server
    listens on loopback alone, in a temporary folder; both are gone afterwards. The stranger's message is harmless.
    """
    _check(step=step, fast=fast)
    from gnomon.cli.tour import STEPS
    from gnomon.cli.touring import Tour
    from gnomon.io.stage import stage  # here, since it needs a Unix to be imported
    from gnomon.knowledge.toy import toy_files

    style = replace(console.style_of(sys.stdout), width=COLUMNS)  # as what is run is shown, on a wider terminal too
    with stage(keep, columns=COLUMNS - len(INDENT)) as made:
        made.put(toy_files())
        as_told = Tour(made, style, _tell).go(STEPS, _pause(step=step, fast=fast))
    return _DONE if as_told else _NOT_AS_TOLD


def _check(*, step: bool, fast: bool) -> None:
    """Raises GnomonError before anything is started."""
    if step and fast:
        raise GnomonError("--step and --fast contradict each other.", remedy="leave one of them out")
    if step and not sys.stdin.isatty():
        raise GnomonError("--step waits for Enter, and standard input is no terminal.", remedy="gnomon demo --fast")
    if sys.platform != "linux":
        raise GnomonError("the demo runs gnomon guard, which needs Linux.", remedy="gnomon scan .")
    missing = [name for module, name in _NEEDS.items() if find_spec(module) is None]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise MissingExtra(
            f"the demo needs {' and '.join(missing)}, which {verb} not installed.", remedy="pip install 'gnomon[demo]'"
        )


def _pause(*, step: bool, fast: bool) -> Callable[[], None]:
    if step:
        return _wait_for_enter
    return (lambda: None) if fast else (lambda: time.sleep(_READING_S))


def _wait_for_enter() -> None:
    _tell("\nEnter goes on, Ctrl-C ends it. ")
    sys.stdin.readline()


def _tell(text: str) -> None:
    console.print_text(text)

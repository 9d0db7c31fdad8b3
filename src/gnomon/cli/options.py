"""Options that several verbs have, with the same meaning."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def configuring(command: Command) -> Command:
    """Which configuration counts: `config`, `no_config`, `trust_config`."""
    return _all(
        command,
        click.option(
            "--config", metavar="FILE", type=click.Path(), help="Read [tool.gnomon] of FILE instead of pyproject.toml."
        ),
        click.option("--no-config", is_flag=True, help="Read no configuration."),
        click.option(
            "--trust-config",
            is_flag=True,
            help="Honour pyproject.toml and suppression markers even where they are part of what is scanned.",
        ),
    )


def running(does: str, gives: str = "answer") -> Callable[[Command], Command]:
    """How the work is done: `workers`, `no_cache`, `no_progress`; `does` is the verb for it, `gives` what it gives."""

    def decorate(command: Command) -> Command:
        return _all(
            command,
            click.option(
                "--workers",
                metavar="N",
                type=click.IntRange(min=1),
                help=f"Processes to share the work; the {gives} is the same.  [default: one a processor]",
            ),
            click.option(
                "--no-cache", is_flag=True, help=f"{does} anew, whatever is kept of earlier runs, and keep nothing."
            ),
            click.option("--no-progress", is_flag=True, help="No progress on the terminal."),
        )

    return decorate


def _all(command: Command, *options: Callable[[Command], Command]) -> Command:
    """The command with the options, listed in this order."""
    for option in reversed(options):
        command = option(command)
    return command

"""`gnomon guard`: hands its arguments to guard's own command line, which runs without the rest of gnomon too."""

import click

from gnomon.core.errors import GnomonError


class AsGiven(click.Command):
    """Takes all arguments as they are: click would drop the `--` before the command to guard."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Nothing is left to parse."""
        ctx.params["arguments"] = tuple(args)
        return []


@click.command(cls=AsGiven, name="guard", short_help="Run a command whose loads are held to what was learned.")
def command(arguments: tuple[str, ...]) -> int:
    """Run a command whose loads are held to what was learned."""
    from gnomon.guard.command import main
    from gnomon.guard.errors import GuardError

    try:
        return main(arguments)
    except SystemExit as ending:  # argparse's, after a help page
        return int(ending.code or 0)
    except GuardError as error:
        raise GnomonError(error.problem, remedy=error.remedy) from error

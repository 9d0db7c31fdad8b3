"""`gnomon db`: the advisories that are asked, and a dump of others imported beside gnomon's own."""

from pathlib import Path

import click

from gnomon.cli import console
from gnomon.core.errors import TargetError
from gnomon.render.escape import visible

_LISTED = 20


@click.group(name="db", short_help="Import advisories, and show which there are.")
@click.help_option("-h", "--help")
def command() -> None:
    """Import a dump of advisories beside gnomon's own, and show which there are, and how old."""


@command.command(name="import")
@click.argument("dump", metavar="FILE", type=click.Path())
@click.help_option("-h", "--help")
def import_(dump: str) -> int:
    """Take in FILE, a zip of records in OSV's format (all.zip); those about Python packages are kept.

    It takes the place of what was imported before. `gnomon audit` asks it beside gnomon's own advisories; of several
    records of one flaw gnomon's own speaks.
    """
    from gnomon.cli.policy import today
    from gnomon.io.limits import DEFAULT
    from gnomon.io.osv_dump import import_dump

    path = Path(dump)
    if not path.is_file():
        raise TargetError(f"{dump} is no file.", remedy="name a zip of records, such as all.zip")
    done = import_dump(path, DEFAULT, today().isoformat())
    console.print_text(
        f"{done.records:,} records of Python packages imported, newest of {visible(done.date[:10])}; "
        f"{done.others:,} others left out\nkept in {visible(done.path)}\n"
    )
    for entry in done.skipped[:_LISTED]:
        console.print_problem(f"gnomon: not imported: {visible(entry.path)}: {visible(entry.reason)}\n")
    return 4 if done.skipped else 0


@command.command(name="show")
@click.help_option("-h", "--help")
def show() -> int:
    """Tell which advisories are asked, how many, and how old they are."""
    from datetime import date

    from gnomon.cli.policy import today
    from gnomon.io import osv_dump
    from gnomon.knowledge import advisories

    own = advisories.load()
    verified = sum(each.verified for each in own.advisories)
    days = (today() - date.fromisoformat(own.date)).days
    console.print_text(
        f"gnomon's own: {len(own.advisories)} advisories, {verified} of them held against released files, "
        f"newest of {own.date} ({days} days ago), {own.version}\n"
    )
    dump = osv_dump.imported(())
    if dump is None:
        console.print_text("no dump is imported: gnomon db import all.zip\n")
    else:
        records = visible(dump.version.removeprefix("of "))
        console.print_text(f"{visible(dump.name)}: {records} records, newest of {visible(dump.date[:10])}\n")
    return 0

"""`gnomon learn record`: a certificate, the record that a trainer collects, and the table of a team."""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import click

from gnomon import __version__
from gnomon.cli import console
from gnomon.cli.exercises import opened
from gnomon.cli.output import check_writable, replace_file
from gnomon.core.errors import GnomonError
from gnomon.knowledge.lessons import digest_of
from gnomon.render.certificate import render_certificate, render_team
from gnomon.render.learn_json import MAX_NAME, Record, exercises_of, written


@click.command(name="record")
@click.argument("files", metavar="[FILE…]", nargs=-1, type=click.Path())
@click.option("--name", metavar="NAME", default="", help="Who you are, for the certificate.")
@click.option("--team", metavar="TEAM", default="", help="Your team, likewise.")
@click.option(
    "--output", "-o", metavar="FILE", type=click.Path(dir_okay=False), help="Write the record, JSON, to FILE."
)
@click.help_option("-h", "--help")
def command(files: tuple[str, ...], name: str, team: str, output: str | None) -> int:
    """Print your certificate; with -o also write the record that a trainer collects.

    With FILE…, records of several people: print them as a table. A record is its writer's own word; nothing proves it.
    """
    if files:
        if name or team or output:
            raise GnomonError("--name, --team and --output are about your own record.", remedy="leave FILE… out")
        console.print_text(render_team(_sorted(_read(files)), console.style_of(sys.stdout)))
        return 0
    if max(len(name), len(team)) > MAX_NAME:
        raise GnomonError(f"a name has at most {MAX_NAME} characters here.", remedy="--name with a shorter one")
    return _own(name, team, output)


def _own(name: str, team: str, output: str | None) -> int:
    if output:
        check_writable(output)
    desk = opened()
    record = Record(
        name=name,
        team=team,
        day=datetime.now(UTC).date().isoformat(),
        gnomon=__version__,
        lessons=digest_of(desk.lessons),
        exercises=exercises_of(desk.lessons, desk.progress),
    )
    if output:
        replace_file(written(record), output)
    console.print_text(render_certificate(record, desk.lessons, console.style_of(sys.stdout)))
    return 0


def _read(names: Sequence[str]) -> Iterator[Record]:
    from gnomon.io.learner import read_record
    from gnomon.render.learn_json import parsed

    for name in names:
        yield parsed(read_record(name), name)


def _sorted(records: Iterator[Record]) -> list[Record]:
    """By team and name; of two of one learner the later."""
    latest: dict[tuple[str, str], Record] = {}
    for record in records:
        known = latest.get((record.team, record.name))
        if known is None or (record.day, record.done) >= (known.day, known.done):
            latest[record.team, record.name] = record
    return [latest[key] for key in sorted(latest)]

"""`gnomon trace learn`: flawed code of a release, a pair of releases or a commit -> files of signatures."""

from pathlib import Path

import click

from gnomon.cli import console
from gnomon.core.errors import GnomonError
from gnomon.render.escape import visible


@click.command(name="learn", short_help="Write a signature of flawed code.")
@click.argument("sources", metavar="SOURCE…", nargs=-1)
@click.option(
    "--at",
    metavar="PATH[:LINE|::NAME]",
    multiple=True,
    help="Learn the function at a line, or of that name, of a file in the (first) source; may be given again.",
)
@click.option("--finding", metavar="FINGERPRINT", help="Learn the code of the finding with that fingerprint.")
@click.option("--id", "id_", metavar="ID", help="Name of the signature: lower-case words joined by `-`.")
@click.option("--title", metavar="TEXT", default="", help="One line: what the code is, and what is wrong with it.")
@click.option("--note", metavar="TEXT", default="", help="One sentence: what the repair changes.")
@click.option("--advisory", "advisories", metavar="ID", multiple=True, help="CVE, GHSA or PYSEC number.")
@click.option("--repository", metavar="OWNER/NAME", default="", help="As attribution comments write it.")
@click.option("--licence", metavar="SPDX", default="", help="Licence of the code, such as Apache-2.0.")
@click.option(
    "--output", "-o", metavar="FOLDER", type=click.Path(file_okay=False), help="Write FOLDER/signatures/ID.toml."
)
@click.help_option("-h", "--help")
def command(
    sources: tuple[str, ...],
    at: tuple[str, ...],
    finding: str | None,
    id_: str | None,
    title: str,
    note: str,
    advisories: tuple[str, ...],
    repository: str,
    licence: str,
    output: str | None,
) -> int:
    r"""Write a signature of flawed code, from which `gnomon trace --signatures FOLDER` knows its copies.

    \b
    SOURCE is one of
      pypi:x==1 pypi:x==2   a flawed release and one with a repair (or two folders, archives, PATH@REVISION)
      REPOSITORY@COMMIT     the commit of a repair, in a clone on this machine or behind a URL
      pypi:x==1 --at PATH:LINE, or --finding FINGERPRINT: flawed code that nobody has repaired

    A signature holds hashes and facts, no code. Without --output it is printed.
    """
    from gnomon.cli.learning import Wish, learned_from  # here, since --help can do without
    from gnomon.knowledge.signatures import PART, written

    if not 1 <= len(sources) <= 2:
        raise GnomonError("learning takes one source or two.", remedy="gnomon trace learn --help")
    wish = Wish(
        at=at,
        finding=finding or "",
        id=id_ or "",
        title=title,
        note=note,
        advisories=advisories,
        repository=repository,
        licence=licence,
    )
    lessons = learned_from(sources, wish)
    for lesson in lessons:
        document = written(lesson.signature)
        if output is None:
            console.print_text(document.decode())
            continue
        path = Path(output) / PART / f"{lesson.signature.id}.toml"
        _save(path, document)
        console.print_text(f"{visible(str(path))}: {len(document):,} bytes; {visible(lesson.remark)}\n")
    return 0


def _save(path: Path, document: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document)
    except OSError as error:
        raise GnomonError(
            f"the signature can't be written to {path}: {error.strerror or type(error).__name__}.",
            remedy="--output with another folder",
        ) from None

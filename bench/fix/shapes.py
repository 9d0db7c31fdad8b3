"""How much of what real releases send is known: the shapes of their dumps, and what two styles can offer with them.

usage: python bench/fix/shapes.py [--only WORD,…] [--cache FOLDER] [--offline] [--git-trees FOLDER] [--json FILE]

Offers are counted as the recipes make them; whether they hold is what bench/fix/run.py measures.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.archives import ArchiveError, Commit, archive_path, commit_path, default_cache
from bench.fix.run import subjects
from bench.trees import python_tree
from gnomon.core.channel import Channel
from gnomon.core.finding import Finding
from gnomon.core.patch import Style
from gnomon.core.severity import Severity
from gnomon.core.shape import Unknown, unknowns
from gnomon.core.tree import Tree
from gnomon.fix.offers import Wanted, offers
from gnomon.fix.sources import Sources
from gnomon.io.targets import read
from gnomon.knowledge.load import load as knowledge
from gnomon.python.project import Project
from gnomon.scan.detect import findings as found_in
from gnomon.scan.ends import channels as channels_of

STYLES: tuple[Style, ...] = ("wire", "msgspec")
_STANDINGS = ("automatic", "suggested", "impossible")
_NARROWING = {"endpoint", "deployment", "hatch"}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One release; counts of channels, dumps, and findings by what the best of their offers is."""

    package: str
    version: str
    channels: int
    silent: int
    """Channels that nothing is known to be sent through."""
    dumps: int
    whole: int
    """Dumps of which nothing is known."""
    part: int
    """Dumps of which a part is not known."""
    unknown: int
    """Places in shapes that are not known."""
    standings: dict[str, dict[str, int]]
    """By style."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print a row for each release, and keep with --json."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", metavar="WORD,…")
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--offline", action="store_true")
    parser.add_argument("--git-trees", type=Path)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(argv)
    rows = []
    for subject in subjects():
        if given.only and not any(word in f"{subject.package} {subject.version}" for word in given.only.split(",")):
            continue
        try:
            if isinstance(subject.archive, Commit):
                archive = commit_path(subject.archive, given.git_trees, given.cache)
            else:
                archive = archive_path(subject.archive, given.cache, offline=given.offline)
        except ArchiveError as error:
            print(f"{subject.package} {subject.version}: skipped, {error}", file=sys.stderr)
            continue
        rows.append(_row(subject.package, subject.version, read(str(python_tree(archive, given.cache)))))
        print(rows[-1], file=sys.stderr, flush=True)
    if given.json:
        given.json.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=1) + b"\n")
    print(_sum(rows))
    return 0


def _row(package: str, version: str, tree: Tree) -> Row:
    known = knowledge()
    found = [each for each in found_in(tree, known, project=Project(tree.files)) if isinstance(each, Finding)]
    red = [each for each in found if each.severity is not Severity.NOTE]
    channels = channels_of(tree, known, found)
    shapes = [dump.shape for channel in channels for dump in channel.dumps]
    return Row(
        package=package,
        version=version,
        channels=len(channels),
        silent=sum(not channel.dumps for channel in channels),
        dumps=len(shapes),
        whole=sum(isinstance(shape, Unknown) for shape in shapes),
        part=sum(bool(unknowns(shape)) and not isinstance(shape, Unknown) for shape in shapes),
        unknown=sum(len(unknowns(shape)) for shape in shapes),
        standings={style: _standings(red, channels, tree, style) for style in STYLES},
    )


def _standings(found: list[Finding], channels: Sequence[Channel], tree: Tree, style: Style) -> dict[str, int]:
    """Each finding counts once, by the best of its offers."""
    best: dict[Finding, str] = {}
    for offer in offers(found, channels, Sources(tree), Wanted(style=style)):
        for finding in offer.findings if offer.recipe not in _NARROWING else ():
            best[finding] = min(best.get(finding, "impossible"), offer.standing, key=_STANDINGS.index)
    counted = Counter(best.values())
    return {standing: counted[standing] for standing in _STANDINGS}


def _sum(rows: Sequence[Row]) -> str:
    """All releases in one line each for shapes and styles."""
    fields = ("channels", "silent", "dumps", "whole", "part", "unknown")
    lines = [", ".join(f"{name} {sum(getattr(row, name) for row in rows)}" for name in fields)]
    for style in STYLES:
        counts = (f"{standing} {sum(row.standings[style][standing] for row in rows)}" for standing in _STANDINGS)
        lines.append(f"{style}: {', '.join(counts)}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

"""What `gnomon fix` does for real releases: offers, whether they hold, own tests, round trips; and for the toy server.

usage: python bench/fix/run.py [--json FILE [--add]] [--only WORD,…] [--styles STYLE,…] [--packages SITE-PACKAGES]
                               [--runs N] [--cache FOLDER] [--git-trees FOLDER] [--offline]

Releases are downloaded and unpacked; their own tests and the round trips run their code, in child processes with time
limits. SITE-PACKAGES is a folder with torch, for the Python that runs this; what needs it is skipped without it.
`--add` keeps what FILE has of releases and styles that are not measured now.
"""

import argparse
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, TypeVar, get_args

from msgspec import structs

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.accuracy import labels
from bench.archives import Archive, ArchiveError, Commit, archive_path, commit_path, default_cache
from bench.fix import own_tests, results, toy, trips
from bench.fix.offers import offered
from bench.fix.results import Release, Run, Style, Tests, TripRow
from bench.fix.tables import report
from bench.fix.trip_cases import TRIPS, Trip
from bench.machine import this_machine
from bench.trees import python_tree
from gnomon.core.patch import Style as FixStyle
from gnomon.wire.keys import Key, written

UNLABELLED = (
    Archive("zprocess", "zprocess-3.0.0.tar.gz", "4b380452c7ee653e55a95fe640f0e170a2fdabc036881b7d619476fa23c1dabd"),
    Archive("zproc", "zproc-1.0.0a5.tar.gz", "761bbc8a7693d857ab8b3a2c0b0c4aa6fa1cbe5ef4d28bd135a4b45d0de0e236"),
    Archive("bluesky", "bluesky-1.9.0.tar.gz", "b0326074753c56734cc5c7d09455debd8f96ec632451ac47c373d09a7f041cb0"),
    Archive("scoop", "scoop-0.7.2.0.tar.gz", "7658faf751627f5507b6f636794721d89db1771234a36e1378ee6796dd7ee761"),
)
"""Other releases that pickle over ZeroMQ, by nobody's labels."""
SOUND = Archive(
    "tso-robotics-sockets",
    "tso_robotics_sockets-0.2.0-py3-none-any.whl",
    "fa6e1a054e8448306f867f4c4676d8d08ebffcd7018ac037e0907163ef965607",
)
"""One that was thought to: it sends JSON, and arrays without pickles."""
COMMITS = (Commit("lightllm", "ModelTC/lightllm", "fc72ffab9a3455cfb571f22d45ab777cc29de0de"),)
"""Code that is in git alone: what the index has of it is older."""


_Told = TypeVar("_Told", Style, Tests, TripRow)


class Subject(NamedTuple):
    """A release to be fixed."""

    package: str
    version: str
    archive: Archive | Commit
    labelled: bool

    @property
    def file(self) -> str:
        """What was read."""
        return self.archive.file if isinstance(self.archive, Archive) else self.archive.name


def subjects() -> tuple[Subject, ...]:
    """Releases with a label that is flawed, and the others."""
    found = {}
    for case in labels.cases():
        if isinstance(case.archive, labels.ArchiveFile) and case.verdict in labels.FLAWED:
            archive = Archive(case.package, case.archive.file, case.archive.sha256)
            found[case.package, case.version] = Subject(case.package, case.version, archive, labelled=True)
    others = (
        Subject(each.project, each.file.split("-")[1].removesuffix(".tar.gz"), each, labelled=False)
        for each in (*UNLABELLED, SOUND)
    )
    commits = (Subject(each.project, each.commit[:12], each, labelled=False) for each in COMMITS)
    return (*(found[key] for key in sorted(found)), *others, *commits)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and keep with --json."""
    given = _arguments(argv)
    earlier = results.read(given.json) if given.json and given.add and given.json.exists() else None
    wanted = [each for each in subjects() if not given.only or _named(each, given.only.split(","))]
    keys = {"GNOMON_KEYS": written(Key.new()), "SIGNED_PICKLE_KEY": secrets.token_hex(32)}
    run = Run(
        machine=this_machine(),
        versions={name: version(name) for name in ("gnomon", "libcst", "pyzmq")},
        toy=toy.measured(given.runs, keys)
        if not given.only or "toy" in given.only.split(",")
        else earlier and earlier.toy,
        releases=earlier.releases if earlier else (),
    )
    for subject in wanted:
        try:
            row = _release(subject, given, keys)
        except ArchiveError as error:
            print(f"{subject.package} {subject.version}: skipped, {error}", file=sys.stderr)
            continue
        run = _with(run, row)
        print(row, file=sys.stderr, flush=True)
        if given.json:
            results.write(run, given.json)
    if given.json:
        results.write(run, given.json)
    print(report(run))
    return 0


def _named(subject: Subject, words: list[str]) -> bool:
    return any(word in f"{subject.package} {subject.version}" for word in words)


def _with(run: Run, row: Release) -> Run:
    """The run with this row, in the place of an earlier one of the same release, of which other styles are kept."""
    others = [each for each in run.releases if (each.package, each.version) != (row.package, row.version)]
    earlier = [each for each in run.releases if each not in others]
    order = {(each.package, each.version): at for at, each in enumerate(subjects())}
    whole = _joined(earlier[0], row) if earlier else row
    rows = sorted([*others, whole], key=lambda each: order[each.package, each.version])
    return Run(machine=run.machine, versions=run.versions, toy=run.toy, releases=tuple(rows))


def _joined(earlier: Release, row: Release) -> Release:
    """A release's row with what an earlier one has of styles that were not measured anew."""
    anew = {_style(each.style) for each in row.styles}

    def both(old: tuple[_Told, ...], new: tuple[_Told, ...]) -> tuple[_Told, ...]:
        kept = [each for each in old if _style(each.style) not in anew]
        return tuple(sorted([*kept, *new], key=lambda each: get_args(FixStyle).index(_style(each.style))))

    return structs.replace(
        row,
        styles=both(earlier.styles, row.styles),
        tests=both(earlier.tests, row.tests),
        trips=both(earlier.trips, row.trips),
    )


def _style(name: str) -> str:
    """`restrict` for `restrict --policy`."""
    return name.partition(" ")[0]


def _release(subject: Subject, given: argparse.Namespace, keys: Mapping[str, str]) -> Release:
    if isinstance(subject.archive, Commit):
        archive = commit_path(subject.archive, given.git_trees, given.cache)
    else:
        archive = archive_path(subject.archive, given.cache, offline=given.offline)
    tree = python_tree(archive, given.cache)
    styles, tests, talks = [], [], []
    with tempfile.TemporaryDirectory(prefix="gnomon-fix-") as folder:
        for name in given.styles.split(","):
            copy = Path(folder) / name
            style = offered(tree, name, copy)
            styles.append(style)
            theirs = {**keys, **_curve_keys(copy, Path(folder) / f"{name}-keys")}
            tests += _tests(subject, style, archive, copy, given, theirs)
            talked = _talks(subject, style, tree, copy, given, theirs)
            talks += talked
            if name == "restrict":
                for trip in _too_short(subject, talked):
                    more = _learned(trip, tree, Path(folder) / trip.program, given)
                    styles += [each for each, _ in more]
                    talks += [each for _, each in more]
    return Release(
        package=subject.package,
        version=subject.version,
        file=subject.file,
        labelled=subject.labelled,
        styles=tuple(styles),
        tests=tuple(tests),
        trips=tuple(talks),
    )


def _curve_keys(copy: Path, folder: Path) -> dict[str, str]:
    """The keys that the module of style curve makes, if it was written."""
    module = next(iter(sorted(copy.rglob("curve_sockets*.py"))), None)
    if module is None:
        return {}
    subprocess.run([sys.executable, "-I", module, folder], check=True, stdout=subprocess.DEVNULL, timeout=60)
    return {"CURVE_KEYS": str(folder)}


def _tests(
    subject: Subject, style: Style, archive: Path, copy: Path, given: argparse.Namespace, keys: Mapping[str, str]
) -> list[Tests]:
    own = [each for each in own_tests.table() if (each.package, each.version) == (subject.package, subject.version)]
    if not own or not (style.applied or style.style == "wire"):
        return []
    try:
        patched = copy if style.applied else None
        return [own_tests.compared(own[0], archive, patched, style.style, given.cache, given.packages, keys)]
    except own_tests.Missing as error:
        print(f"{subject.package}: no environment for its tests: {error}", file=sys.stderr)
        return []


def _talks(
    subject: Subject, style: Style, tree: Path, copy: Path, given: argparse.Namespace, keys: Mapping[str, str]
) -> list[TripRow]:
    mine = [each for each in TRIPS if (each.package, each.version) == (subject.package, subject.version)]
    if not (style.applied or style.style == "wire"):
        return []
    patched = copy if style.applied else None
    return [trips.row(each, tree, patched, style, keys, given.packages) for each in mine]


def _too_short(subject: Subject, talked: Sequence[TripRow]) -> list[Trip]:
    """The trips that do not work with a list that was read from the code."""
    failing = {row.program for row in talked if row.before is not None and not (row.after and row.after.works)}
    return [each for each in TRIPS if (each.package, each.version) == subject[:2] and each.program in failing]


def _learned(trip: Trip, tree: Path, folder: Path, given: argparse.Namespace) -> list[tuple[Style, TripRow]]:
    """The same with a policy that guard has learned from the trip; nothing if it could not."""
    folder.mkdir()
    policy = folder / "policy.json"
    if not trips.learned(trip, tree, given.packages, policy):
        return []
    style = offered(tree, "restrict", folder / "tree", policy)
    patched = folder / "tree" if style.applied else None
    return [(style, trips.row(trip, tree, patched, style, {}, given.packages))]


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--add", action="store_true", help="keep the other rows and styles of the file")
    parser.add_argument("--only", default="", metavar="WORD,…", help="releases whose name holds one of them; or toy")
    parser.add_argument("--runs", type=int, default=5, help="of the command on the toy")
    parser.add_argument("--styles", default=",".join(get_args(FixStyle)), metavar="STYLE,…")
    parser.add_argument("--packages", default="", metavar="SITE-PACKAGES", help="a folder with torch")
    parser.add_argument("--git-trees", type=Path, metavar="FOLDER", help="clones named <owner>+<name>")
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--offline", action="store_true")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())

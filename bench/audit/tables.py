"""The figures of bench/audit as Markdown."""

from bench.audit.results import Judged, Release, Run
from bench.machine import described
from bench.markdown import share, table

_PRESENT = ("affected", "still-flawed")
HEAD = (
    "release",
    "labelled",
    "gnomon right",
    "flawed code there",
    "dump: says so",
    "dump: silent, or says fixed",
    "dump: false alarm",
    "pip-audit",
)


def report(run: Run) -> str:
    """The page's block."""
    judged = [each for release in run.releases for each in release.judged]
    right = sum(each.gnomon == each.label for each in judged)
    known = [each for each in judged if each.dump != "no record"]
    labelled = f"{len(run.releases)} releases, {len(judged)} pairs of a release and an advisory"
    told = f"The dump has a record for {share(len(known), len(judged))} of the pairs"
    by_version = f"by its versions {share(sum(map(_dump_right, judged)), len(judged))} are right"
    checked = f"{run.verified} of them held against released files ({run.looks} looks)"
    asked = f"Dump: {run.dump}, {run.dump_records:,} records. pip-audit {run.pip_audit_version}, with its exit code"
    lines = [
        f"{labelled}, labelled by reading the files (bench/audit/labels.toml, by the reader of the advisories):",
        "",
        table(HEAD, [_row(release) for release in run.releases]),
        "",
        f"All: gnomon {share(right, len(judged))} right. {told}; {by_version}, taking no record for *not affected*.",
        "",
        f"{run.advisories} advisories come with gnomon, {checked}. {asked}.",
    ]
    if run.environment is not None:
        env = run.environment
        warm = sorted(env.seconds_warm)
        looked = f"{env.files:,} Python files looked into, those of {', '.join(env.flawed)}; {env.findings} findings"
        took = f"{env.seconds_cold:.1f} s the first time, {warm[len(warm) // 2]:.2f} s warm"
        runs = f"whole process, median of {len(warm)}, worst {warm[-1]:.2f} s"
        lines += ["", f"An environment of {env.packages:,} packages ({looked}): {took} ({runs})."]
    return "\n".join([*lines, "", f"Measured: {described(run.machine)}; gnomon {run.gnomon}."])


def _row(release: Release) -> tuple[object, ...]:
    judged = release.judged
    there = [each for each in judged if each.label in _PRESENT]
    gone = [each for each in judged if each.label not in _PRESENT]
    return (
        f"{release.package} {release.version}",
        len(judged),
        sum(each.gnomon == each.label for each in judged),
        len(there),
        sum(each.dump == "affected" for each in there),
        sum(each.dump != "affected" for each in there),
        sum(each.dump == "affected" for each in gone),
        f"{release.pip_audit} ({release.pip_audit_code})",
    )


def _dump_right(judged: Judged) -> bool:
    return (judged.dump == "affected") == (judged.label in _PRESENT)

"""The figures of bench/fix as Markdown."""

from collections import Counter

from bench.fix import own_tests
from bench.fix.results import Release, Run, Style, Talk, Tests, TripRow
from bench.machine import described
from bench.markdown import printable, table

HEAD = (
    "release",
    "findings",
    "style",
    "automatic",
    "suggested",
    "not possible",
    "gone",
    "own tests",
    "round trip",
    "s",
)
REASONS = 12


def report(run: Run) -> str:
    """The page's block."""
    offered = [(release, style) for release in run.releases for style in release.styles]
    applied = sum(style.applied for _, style in offered)
    wrong = {
        "still found by `gnomon scan`": sum(style.left for _, style in offered),
        "new ones": sum(style.brought for _, style in offered),
        "files that do not parse": sum(style.unparsed for _, style in offered),
        "lines changed that no offer names, or in white space alone": sum(style.strays for _, style in offered),
    }
    held = ", ".join(f"{what}: {count}" for what, count in wrong.items())
    lines = [
        table(HEAD, [row for release in run.releases for row in _rows(release)]),
        "",
        f"Findings that `--write --unsafe` removed, over all styles: {applied}; {held}.",
        "",
        *_sound(run),
        *_toy(run),
        *_differing(run),
        *_reasons(run),
        f"Measured: {described(run.machine)}; {', '.join(f'{name} {each}' for name, each in run.versions.items())}.",
    ]
    return "\n".join(lines)


def _rows(release: Release) -> list[tuple[object, ...]]:
    """One a style that offers something; those that offer nothing have one together, or none if nothing is found."""
    useful = [style for style in release.styles if style.automatic or style.suggested]
    nothing = [style for style in release.styles if style not in useful and style.impossible]
    rows = [_row(release, style) for style in useful]
    if nothing:
        most = max(style.impossible for style in nothing)
        names = "all" if not useful else ", ".join(style.style for style in nothing)
        seconds = max(style.seconds for style in nothing)
        rows.append((_name(release), most, names, 0, 0, most, "-", *_shown(release, nothing), f"{seconds:.0f}"))
    return rows


def _row(release: Release, style: Style) -> tuple[object, ...]:
    whole = style.automatic + style.suggested + style.impossible
    gone = f"{style.applied - style.left} of {style.applied}"
    counts = (style.automatic, style.suggested, style.impossible)
    return (_name(release), whole, style.style, *counts, gone, *_shown(release, [style]), f"{style.seconds:.0f}")


def _name(release: Release) -> str:
    return f"{release.package} {release.version}{'' if release.labelled else ' (no label)'}"


def _shown(release: Release, styles: list[Style]) -> tuple[str, str]:
    names = {style.style for style in styles}
    tests = "; ".join(_tested(each) for each in release.tests if each.style in names) or "-"
    talks = "; ".join(_talked(each) for each in release.trips if each.style in names) or "-"
    return tests, talks


def _tested(tests: Tests) -> str:
    if tests.passed_after is None:
        return f"{tests.passed_before} pass"
    failing = f", {tests.failed_after} fail" if tests.failed_after else ""
    return f"{tests.passed_before} → {tests.passed_after} pass{failing}"


def _talked(trip: TripRow) -> str:
    if trip.before is None:
        return f"{trip.program}: not run"
    before = f"{trip.program}: {_talk(trip.before)}"
    return before if trip.after is None else f"{before} → {_talk(trip.after)}"


def _talk(talk: Talk) -> str:
    works = "works" if talk.works else "fails"
    return f"{works}, marker {'fires' if talk.fired else 'does nothing'}"


def _sound(run: Run) -> list[str]:
    """The releases without a finding, that have no row."""
    clean = [each for each in run.releases if not any(s.automatic + s.suggested + s.impossible for s in each.styles)]
    if not clean:
        return []
    return [
        f"Nothing is found, and so nothing to fix, in {', '.join(f'{each.package} {each.version}' for each in clean)}.",
        "",
    ]


def _toy(run: Run) -> list[str]:
    if run.toy is None:
        return []
    toy = run.toy
    seconds = sorted(toy.seconds)
    took = f"{seconds[len(seconds) // 2]:.1f} s (median of {len(seconds)} whole processes, worst {seconds[-1]:.1f} s)"
    served = "its client gets its answers" if toy.served else "its client gets no answers"
    found = f"{toy.findings_before} findings before, {toy.findings_after} after"
    return [f"`gnomon fix --write` on a copy of examples/toy: {found}, in {took}; {served}.", ""]


def _differing(run: Run) -> list[str]:
    """Own tests that are not as they were, by release and reason."""
    known = {(each.package, each.version): each for each in own_tests.table()}
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for release in run.releases:
        own = known.get((release.package, release.version))
        for tests in release.tests:
            for outcome in tests.differ:
                why = own.reason(tests.style, outcome) if own is not None else ""
                styles = found.setdefault((_name(release), why or "not traced"), {})
                styles.setdefault(tests.style, []).append(outcome.partition(": ")[0].rpartition("::")[2])
    if not found:
        return []
    rows = [
        (name, ", ".join(styles), ", ".join(dict.fromkeys(test for each in styles.values() for test in each)), why)
        for (name, why), styles in found.items()
    ]
    cells = [(name, styles, printable(tests), printable(why)) for name, styles, tests, why in rows]
    return ["Own tests that end otherwise after a change:", "", table(("release", "style", "tests", "why"), cells), ""]


def _reasons(run: Run) -> list[str]:
    counted: Counter[str] = Counter()
    for release in run.releases:
        for style in release.styles:
            if style.style == "wire":
                counted.update(dict(style.reasons).keys())
    if not counted:
        return []
    rows = [(printable(reason), many) for reason, many in counted.most_common(REASONS)]
    return ["Why no more than suggested, or nothing, in style wire:", "", table(("reason", "releases"), rows), ""]

"""A run in, Markdown out: what is found, what else is called a copy, and what each choice costs."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from bench.lineage.pairs import key, readings
from bench.lineage.results import Found, Lineage, Mutated
from bench.lineage.states import is_right
from bench.lineage.states import readings as states_readings
from bench.machine import described
from bench.markdown import printable, share, table


def report(run: Lineage) -> str:
    """The whole report of one run."""
    parts = [
        f"{run.tool}; {described(run.machine)}.",
        by_confidence(run),
        "By family, of those that count:\n\n" + by_family(run),
        "Not found:\n\n" + bullets(misses(run.edges)),
        "Originals read in the release nearest to the commit:\n\n" + bullets(stand_ins(run.edges)),
        "Not scored:\n\n" + bullets(f"{each.edge}: {each.why_not}" for each in run.edges if each.why_not),
        false_pairs(run),
        choices(run),
        mutations(run),
        speeds(run),
        states_table(run),
        rivals(run),
    ]
    return "\n\n".join(part for part in parts if part)


def by_confidence(run: Lineage) -> str:
    """The headline table."""
    asked = [each for each in run.edges if not each.why_not]
    rows = [_row("strong and probable", [each for each in asked if each.counts])]
    rows += [_row(name, [each for each in asked if each.confidence == name]) for name in _names(asked, _confidence)]
    return table(("copies", "labelled", "found", "in the answer of trace", "is read by it"), rows)


def by_family(run: Lineage) -> str:
    """Each family of flawed code."""
    asked = [each for each in run.edges if each.counts]
    rows = [
        (name, ", ".join(sorted({each.edge.partition("->")[0] for each in asked if each.family == name})), found)
        for name in sorted({each.family for each in asked})
        for members in [[each for each in asked if each.family == name]]
        for found in [share(sum(each.found for each in members), len(members))]
    ]
    return table(("family", "originals", "found"), rows)


def misses(edges: Iterable[Found]) -> Iterator[str]:
    """Each labelled copy that is not found, with what it has in common with its original."""
    for each in edges:
        if not each.found and not each.why_not:
            does = "deserializes" if each.loads else "no load of its own"
            yield (
                f"{each.edge} ({each.confidence}): {each.similarity:.2f}, {each.shared} shingles shared; "
                f"the original has {each.shingles}, {does}"
            )


def stand_ins(edges: Iterable[Found]) -> Iterator[str]:
    """Each release that is read in place of a commit that could not be had."""
    for each in edges:
        if each.days_apart is not None:
            later = "later" if each.days_apart > 0 else "earlier"
            yield f"{each.edge}: {each.source}, uploaded {abs(each.days_apart)} days {later}"


def false_pairs(run: Lineage) -> str:
    """How many functions of other names are called copies, and what reading them says."""
    known = readings()
    verdicts = [known[key(pair)].verdict if key(pair) in known else "not read" for pair in run.pairs]
    wrong = [pair for pair, verdict in zip(run.pairs, verdicts, strict=True) if verdict != "copy"]
    lines = [
        f"{pair.original} → {pair.path} {pair.qualname}: {pair.similarity:.2f}, {pair.shared} of {pair.smaller}; "
        + (known[key(pair)].reason if key(pair) in known else "not read")
        for pair in wrong
    ]
    rate = 10_000 * len(wrong) / run.functions
    head = (
        f"{run.functions:,} distinct functions in {run.trees} trees; {len(run.pairs)} functions and classes are called "
        f"a copy of an original of another name, {verdicts.count('copy')} of them are copies, "
        f"{verdicts.count('not read')} were not read: {rate:.2f} false pairs per 10,000 functions."
    )
    elsewhere = (
        f"In {len(run.unrelated)} unrelated releases ({', '.join(run.unrelated)}) with {run.unrelated_functions:,} "
        f"distinct functions {len(run.unrelated_hits)} are called a copy."
    )
    hits = [f"{pair.original} → {pair.target} {pair.path} {pair.qualname}" for pair in run.unrelated_hits]
    return "\n\n".join([head, bullets(lines), elsewhere, *([bullets(hits)] if hits else [])])


def mutations(run: Lineage) -> str:
    """Recall and precision per kind of change, intensity and threshold."""
    if not run.mutations:
        return ""
    parts = []
    for loads, what in ((True, "that deserialize"), (False, "that do not")):
        rows = [each for each in run.mutations if each.loads is loads and each.intensity in _SHOWN]
        columns = [f"{at}" for at in dict.fromkeys(each.threshold for each in rows)]
        cells = {(each.kind, each.intensity, f"{each.threshold}"): _cell(each) for each in rows}
        lines = table(
            ("change", "intensity", *columns),
            [
                (kind, f"{intensity} %", *(cells[kind, intensity, at] for at in columns))
                for kind in dict.fromkeys(each.kind for each in rows)
                for intensity in _SHOWN
            ],
        )
        parts.append(f"{rows[0].of} real functions {what}, changed; recall / precision, in percent:\n\n{lines}")
    return "\n\n".join(parts)


def _cell(each: Mutated) -> str:
    called = each.found + each.others
    return f"{100 * each.found / each.of:.0f} / {100 * each.found / called:.0f}" if called else "0 / -"


def speeds(run: Lineage) -> str:
    """Functions a second."""
    rows = [
        (each.step, f"{each.functions:,}", each.seconds, f"{each.functions / each.seconds:,.0f}") for each in run.speeds
    ]
    return (
        table(("step, one process, sglang 0.4.1", "functions", "seconds", "functions a second"), rows) if rows else ""
    )


def states_table(run: Lineage) -> str:
    """Whether trace says of today's code what the labels say, and each disagreement."""
    if not run.states:
        return ""
    asked = [each for each in run.states if not each.why_not]
    rows = [
        (name, share(sum(is_right(each) for each in members), len(members)))
        for name in dict.fromkeys(each.labelled for each in asked)
        for members in [[each for each in asked if each.labelled == name]]
    ]
    rows.append(("together", share(sum(is_right(each) for each in asked), len(asked))))
    known = states_readings()
    wrong = [
        f"{each.node}: labelled {each.labelled}, said {each.said or 'nothing'}; "
        + (f"{known[each.node].right} is right: {known[each.node].why}" if each.node in known else "not read")
        for each in asked
        if not is_right(each)
    ]
    unasked = [f"{each.node}: {each.why_not}" for each in run.states if each.why_not]
    return "\n\n".join(
        [table(("state by the label", "said by trace"), rows), bullets(wrong), "Not scored:\n\n" + bullets(unasked)]
    )


def rivals(run: Lineage) -> str:
    """The plain clone detector beside trace."""
    if not run.rivals:
        return ""
    rows = [
        (
            each.tool,
            each.seconds,
            f"{each.peak_mb:,.0f}",
            f"{each.clones:,}",
            share(len(each.found), len(each.found) + len(each.missed)),
            ", ".join(each.missed) or "-",
        )
        for each in run.rivals
    ]
    one = run.rivals[0]
    head = f"vLLM 0.6.6, SGLang 0.5.5 and Aphrodite 0.10.0 together: {one.files:,} files, {one.lines:,} lines."
    return f"{head}\n\n" + table(("tool", "wall s", "peak MB", "answers", "labelled functions", "missed"), rows)


def choices(run: Lineage) -> str:
    """What each choice gives: labelled copies found, other names in the copies' trees, hits in unrelated releases."""
    if not run.choices:
        return ""
    of = run.choices[0].of
    head = (
        f"What other choices would give. In each cell: how many of the {of} labelled copies are found · functions and "
        "classes called a copy of an original of another name (less those that were read and are copies) · functions "
        "and classes called a copy in the unrelated releases. The columns are thresholds."
    )
    parts = [head]
    for name in dict.fromkeys(each.table for each in run.choices):
        rows = [each for each in run.choices if each.table == name]
        columns = list(dict.fromkeys(each.at for each in rows))
        cells = {(each.way, each.at): f"{each.found} · {each.other_name} · {each.unrelated}" for each in rows}
        ways = dict.fromkeys(each.way for each in rows)
        parts.append(table((name, *columns), [(way, *(cells[way, at] for at in columns)) for way in ways]))
    return "\n\n".join(parts)


def bullets(lines: Iterable[str]) -> str:
    """A list, or "none"."""
    return "\n".join(f"- {printable(line)}" for line in lines) or "none"


def _row(name: str, members: Sequence[Found]) -> tuple[str, ...]:
    counts = (
        sum(each.found for each in members),
        sum(bool(each.reported) for each in members),
        sum(each.parsed for each in members),
    )
    return name, str(len(members)), *(share(count, len(members)) for count in counts)


def _names(edges: Iterable[Found], of: Callable[[Found], str]) -> list[str]:
    return list(dict.fromkeys(sorted((of(each) for each in edges), key=_ORDER.index)))


def _confidence(each: Found) -> str:
    return each.confidence


_SHOWN = (10, 30, 60)
"""Intensities; all are in the kept results."""
_ORDER = ("strong", "probable", "weak", "shared-history")

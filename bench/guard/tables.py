"""One run of the bypass suite in, Markdown out."""

from collections.abc import Iterable, Sequence

from bench.guard.results import Bypass, Gone, Outcome
from bench.machine import described
from bench.markdown import share, table

NAMES = {
    "fickling": "fickling, always_check_safety",
    "fickling-ml": "fickling, activate_safe_ml_environment",
    "guard": "gnomon guard",
}


def report(run: Bypass) -> str:
    """The whole report."""
    gone = [one for one in run.ways if not one.skipped]
    versions = ", ".join(f"{tool} {version}" for tool, version in run.versions.items())
    parts = [f"{described(run.machine)}; {run.tool}; {versions}.", totals(gone), kinds(gone), details(gone)]
    if skipped := [f"{one.id} ({one.skipped})" for one in run.ways if one.skipped]:
        parts.append(f"Not gone on this machine, for want of what they need: {', '.join(skipped)}.")
    return "\n\n".join(part for part in parts if part)


def totals(gone: Sequence[Gone]) -> str:
    """Of all ways: what was stopped, what was told, what got through, and what the program lost."""
    head = (
        "of all ways",
        "marker stopped",
        "not covered, and said so",
        "fired",
        "harmless twin loads",
        "stopped, and the twin loads",
    )
    return table(head, (_totals(name, [one.under(name) for one in gone]) for name in _under(gone)))


def _totals(name: str, own: Sequence[Outcome]) -> Sequence[str]:
    count = len(own)
    told = sum(one.verdict == "not covered, and said so" for one in own)
    return (
        NAMES[name],
        share(sum(not one.fired and one.answered for one in own), count),
        share(told, count),
        share(sum(one.fired for one in own) - told, count),
        share(sum(one.loaded for one in own), count),
        share(sum(one.verdict == "stopped" for one in own), count),
    )


def kinds(gone: Sequence[Gone]) -> str:
    """The same by kind: stopped, of all."""
    names = _under(gone)
    rows = []
    for kind in dict.fromkeys(one.kind for one in gone):
        of_kind = [one for one in gone if one.kind == kind]
        rows.append((kind, len(of_kind), *(sum(not one.under(name).fired for one in of_kind) for name in names)))
    return table(("marker stopped, by kind", "ways", *(NAMES[name] for name in names)), rows)


def details(gone: Sequence[Gone]) -> str:
    """Each way, with the reference it comes from."""
    names = _under(gone)
    rows = (
        (f"{one.title}: {one.special}", _links(one.references), *(_verdict(one.under(name)) for name in names))
        for one in gone
    )
    return table(("way", "from", *(NAMES[name] for name in names)), rows)


def _verdict(outcome: Outcome) -> str:
    return "**fired**" if outcome.verdict == "fired" else outcome.verdict


def _links(references: Iterable[str]) -> str:
    return " ".join(f"[{number}]({link})" for number, link in enumerate(references, 1))


def _under(gone: Sequence[Gone]) -> list[str]:
    return [outcome.under for outcome in gone[0].outcomes if outcome.under in NAMES] if gone else []

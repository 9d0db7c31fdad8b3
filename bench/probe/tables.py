"""The probe bench's figures as Markdown."""

from collections.abc import Iterator

from bench.machine import described
from bench.markdown import share, table
from bench.probe.results import Disturbed, Identified, Probe, Rival, Speed

MECHANISMS = ("NULL", "identity", "ZAP", "PLAIN", "CURVE")
KEEPS = ("4.3.3", "4.3.4", "4.3.5")
_WAYS = ("control", "gnomon", "passive", "nmap")


def report(run: Probe) -> str:
    """Every table there are figures for."""
    parts = [f"{run.tool}; {described(run.machine)}."]
    if run.identified:
        parts.append(_identified(run.identified))
    if run.disturbed:
        parts.append(_disturbed(run.disturbed))
    if run.speed:
        parts.append(_speed(run.speed))
    if run.rivals:
        parts.append(_rivals(run.rivals))
    return "\n\n".join(parts)


def _identified(found: tuple[Identified, ...]) -> str:
    releases = list(dict.fromkeys(each.release for each in found))
    rows = [
        (release, *(_right([e for e in found if (e.release, e.mechanism) == (release, m)]) for m in MECHANISMS))
        for release in releases
    ]
    asked = [each for each in found if each.had]
    return (
        f"Sockets told right, of eleven types each; all together {share(sum(e.right for e in asked), len(asked))}:\n\n"
        + table(("libzmq", "NULL", "NULL, with identity", "NULL, denied by ZAP", "PLAIN", "CURVE"), rows)
    )


def _right(found: list[Identified]) -> str:
    had = [each for each in found if each.had]
    return f"{sum(each.right for each in had)}/{len(had)}" if had else "-"


def _disturbed(found: tuple[Disturbed, ...]) -> str:
    head = ("libzmq", *(f"{way}: lost, junk" for way in _WAYS))
    releases = list(dict.fromkeys(each.release for each in found))
    rows = [(release, *(_cost(found, release, way) for way in _WAYS)) for release in releases]
    new = [each for each in found if each.release in KEEPS]
    return (
        "Messages lost, and messages that nobody sent, of those sent between two ends in ten pairs of types while the "
        "listening end was probed:\n\n"
        + table(head, rows)
        + "\n\nBy pair, libzmq 4.3.3 to 4.3.5 together; `>`: the listening end sends:\n\n"
        + table(("pair", *(f"{way}: lost, junk" for way in _WAYS)), list(_pairs(new)))
    )


def _pairs(found: list[Disturbed]) -> Iterator[tuple[str, ...]]:
    for pair in dict.fromkeys(each.pair for each in found):
        chosen = tuple(each for each in found if each.pair == pair)
        yield f"`{pair}`", *(_cost(chosen, None, way) for way in _WAYS)


def _cost(found: tuple[Disturbed, ...], release: str | None, way: str) -> str:
    chosen = [each for each in found if each.way == way and release in (None, each.release)]
    if not chosen:
        return "-"
    lost, junk = (sum(getattr(each, name) for each in chosen) for name in ("lost", "junk"))
    probes = sum(each.probes for each in chosen)
    of = f" ({probes:,} {'probe' if probes == 1 else 'probes'})" if probes else ""
    return f"{lost:,} of {sum(each.sent for each in chosen):,}, {junk:,}{of}"


def _speed(speed: Speed) -> str:
    ports = sum(speed.ports.values())
    mixed = ", ".join(f"{number:,} {kind}" for kind, number in speed.ports.items())
    return f"{ports:,} ports of loopback ({mixed}), median of {speed.repeats}:\n\n" + table(
        ("", "figure"),
        [
            ("ports a second", f"{ports / speed.seconds:,.0f}"),
            ("seconds", f"{speed.seconds:.2f}"),
            ("seconds with the start of the command", f"{speed.wall_s:.2f}"),
            ("processor seconds", f"{speed.processor_s:.2f}"),
            ("peak memory", f"{speed.peak_mb:.0f} MB"),
            ("taken for something else", f"{speed.wrong} of {ports * speed.repeats:,}"),
        ],
    )


def _rivals(rivals: tuple[Rival, ...]) -> str:
    rows = [
        (
            f"{each.tool} {each.version}",
            ", ".join(f"{number} {kind}" for kind, number in each.ports.items()),
            f"{each.seconds:.1f} s" if each.finished else f"unfinished at {each.seconds:.0f} s",
            *(_judged(each) if each.finished else ("-", "-", "-")),
        )
        for each in rivals
    ]
    return "The same ports, asked by both (`named` has an identity):\n\n" + table(
        ("tool", "ports", "time", "ZeroMQ called so", "and its version right", "others called ZeroMQ"), rows
    )


def _judged(rival: Rival) -> tuple[str, str, str]:
    return share(rival.named, rival.of), share(rival.right, rival.of), str(rival.false)

"""What is told of a run follows from its figures."""

from xml.etree.ElementTree import fromstring

import pytest

from bench.machine import Machine
from bench.wire.chart import drawn
from bench.wire.drained import Drain, Drained
from bench.wire.panels import laid_out
from bench.wire.results import Measured, Run, percentile
from bench.wire.tables import choice, drains, losses, place, standing
from bench.wire.targets import TIMES_SEND_PYOBJ, targets

MACHINE = Machine(date="2026-01-01", python="CPython 3", system="Linux", processor="a CPU", cores=2, memory_gb=8)


def _one(way: str, *rates: float, message: str = "control", pattern: str = "PUSH/PULL", transport: str = "tcp"):
    return Measured(
        pattern=pattern,
        transport=transport,
        message=message,
        way=way,
        rates=rates,
        cpu_us=(1.0,) * len(rates),
        p50_us=2.0,
        p99_us=1_234.5,
        timed=100,
    )


def _run(*measured: Measured) -> Run:
    return Run(machine=MACHINE, versions={}, load=0.0, rounds=3, share=1.0, seconds=60.0, measured=measured)


def test_ratios_are_of_the_same_round():
    """A round in which everything was slow changes no ratio."""
    one, base = _one("curve", 20.0, 2.0, 40.0), _one("send_pyobj", 10.0, 1.0, 10.0)

    assert one.ratios(base) == (2.0, 2.0, 4.0)
    assert one.ratio(base) == 2.0


@pytest.mark.parametrize(("percent", "expected"), [(0, 1), (50, 2), (51, 3), (99, 4), (100, 4)])
def test_percentiles_are_values_that_were_measured(percent, expected):
    """The smallest value that so many per cent are not above."""
    assert percentile([4, 2, 3, 1], percent) == expected


def test_whether_a_target_is_reached_follows_from_the_figures():
    """A mode at what is asked reaches it, one below does not; the better mode counts against pickle + HMAC."""
    run = _run(_one("send_pyobj", 100.0), _one("pickle + HMAC", 50.0), _one("curve", 100.0), _one("sealed", 49.0))

    assert [(each.name, each.asked, each.measured, each.is_reached, each.note) for each in targets(run)] == [
        ("curve", 1.0, 1.0, True, ""),
        ("sealed", 0.5, 0.49, False, ""),
        ("the better, to pickle + HMAC", 1.5, 2.0, True, "curve"),
    ]
    assert "2 of 3 reached." in standing(targets(run))
    assert "| reached | **no** |" in standing(targets(run))


def test_a_warm_heap_is_asked_the_same():
    """Large messages have to reach their target in both states of the heap."""
    run = _run(*(_one(way, 10.0, message="1 MB warm heap") for way in ("send_pyobj", "curve")))

    assert [each.asked for each in targets(run)] == [TIMES_SEND_PYOBJ["curve"]["1 MB"]]


def test_other_patterns_have_no_target():
    """Ratios are asked for in PUSH/PULL over tcp alone."""
    run = _run(*(_one(way, 10.0, pattern="REQ/REP") for way in ("send_pyobj", "curve")))

    assert targets(run) == ()
    assert standing(targets(run)) == ""


def test_losses_are_told():
    """Where a mode is slower is named with its ratio; where it is not, nothing is."""
    slow = (_one("send_pyobj", 10.0), _one("curve", 9.0), _one("sealed", 11.0))
    fast = tuple(_one(way, 10.0, transport="ipc") for way in ("send_pyobj", "curve"))

    assert losses(_run(*slow, *fast)).splitlines()[2:] == [
        "- PUSH/PULL over tcp: curve control 0.90.",
        "- PUSH/PULL over ipc: nowhere.",
    ]


def test_a_place_has_three_rows_a_message():
    """Ratio with its spread, processor time, and both percentiles, for each way."""
    run = _run(_one("send_pyobj", 10.0, 20.0), _one("curve", 10.0, 10.0))

    assert place(run, "PUSH/PULL", "tcp").splitlines()[2:] == [
        "| **control**, to 15/s | 1 | 0.75 (0.50-1.00) |",
        "| control, processor µs | 1.0 | 1.0 |",
        "| control, p50 / p99 µs | 2.0 / 1,234 | 2.0 / 1,234 |",
    ]


@pytest.mark.parametrize(("rate", "verdict"), [(399_999.0, "**no**"), (400_000.0, "yes")])
def test_the_best_drain_counts(rate, verdict):
    """The fastest of our modes is held against what is asked; plain pyzmq is not."""
    each = [("send_pyobj", 900_000.0), ("curve", rate), ("sealed", 10.0)]
    drained = tuple(Drained(way=way, transport="tcp", call="drain()", rates=(rate,)) for way, rate in each)
    text = drains(Drain(machine=MACHINE, versions={}, load=0.0, messages=1, drained=drained))

    assert text.endswith(f"(curve, drain()). Reached: {verdict}.")


WIDE = _run(
    *(
        _one(way, *rates, message=message, transport=transport)
        for transport in ("tcp", "ipc")
        for message in ("control", "16 MB warm heap")
        for way, rates in {
            "send_pyobj": (123_456_789.0, 123_456_789.0, 123_456_789.0),
            "pickle + HMAC": (2_000_000.0, 2_500_000.0, 3_000_000.0),
            "JSON": (1_000.0, 123_456_788.0, 124_000_000.0),
            "msgspec": (1e9, 4e9, 5e11),
            "curve": (123_456_789.0, 123_456_789.0, 123_456_789.0),
            "sealed": (60_000_000.0, 61_000_000.0, 300_000_000.0),
            "local": (60_000_000.0, 200_000_000.0, 300_000_000.0),
        }.items()
    )
)


def test_no_text_of_a_picture_overlaps_another():
    """Whatever the figures are, names, figures, axis and legend keep apart, and stay inside."""
    picture = laid_out(WIDE, "PUSH/PULL")
    boxes = [(each.box, each.text) for each in (*picture.labels, *(text for _, text in picture.keys))]

    assert [
        text for (left, top, right, bottom), text in boxes if left < 0 or right > 1200 or bottom > picture.height
    ] == []
    assert [
        (one, other)
        for number, (box, one) in enumerate(boxes)
        for against, other in boxes[:number]
        if box[0] < against[2] and against[0] < box[2] and box[1] < against[3] and against[1] < box[3]
    ] == []


def test_a_picture_needs_nothing_else():
    """It is SVG without script or reference, in light and dark, with a bar and its figures for each way."""
    document = drawn(WIDE, "PUSH/PULL")
    root = fromstring(document)

    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert b"href" not in document
    assert b"prefers-color-scheme:dark" in document
    titles = [title.text for title in root.iter("{http://www.w3.org/2000/svg}title")]
    assert len(titles) == 2 * 2 * 6
    assert "sealed, tcp: 0.49 (0.49-2.43)" in titles


def test_what_choosing_by_size_could_bring():
    """Nothing for one kind alone; most where both modes take as long for the mixture."""
    run = _run(
        _one("curve", 1e5), _one("sealed", 5e4), _one("curve", 1e3, message="1 MB"), _one("sealed", 2e3, message="1 MB")
    )

    assert "| control, and one of 1 MB | 1.02 | 1.17 | 1.33 | 1.05 |" in choice(run)
    assert choice(_run(_one("curve", 1e5))) == ""

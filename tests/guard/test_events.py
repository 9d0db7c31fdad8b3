"""Events are lines of JSON, few of a kind, and hold nothing that could change a terminal."""

import json
import stat
import sys
import tracemalloc

import pytest

from gnomon.guard.events import BURST, MOST_KEYS, PAUSE_S, Events, escaped


class Clock:
    """Seconds that pass when told."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        """Now."""
        return self.now


@pytest.fixture
def clock():
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def path(tmp_path):
    """Where events go."""
    return tmp_path / "events.jsonl"


def read(path):
    """The events of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_equal_events_are_written_a_few_times_and_then_counted(path, clock):
    """After a burst, one a second is written, with the number of those that were left out."""
    events = Events(str(path), clock)
    for _ in range(1_000):
        events.tell("refused", module="os", name="system", site="a.py:f")
    clock.now += PAUSE_S
    events.tell("refused", module="os", name="system", site="a.py:f")

    lines = read(path)

    assert len(lines) == BURST + 1
    assert lines[-1]["left_out"] == 1_000 - BURST
    assert all("left_out" not in line for line in lines[:-1])


def test_other_names_and_sites_are_told_though_one_is_limited(path, clock):
    """A flood of one name hides no other name, and no other site."""
    events = Events(str(path), clock)
    for _ in range(100):
        events.tell("refused", module="os", name="system", site="a.py:f")
    events.tell("refused", module="os", name="system", site="b.py:g")
    events.tell("refused", module="os", name="popen", site="a.py:f")

    assert len(read(path)) == BURST + 2


def test_names_that_change_all_the_time_fill_neither_memory_nor_disk(path, clock):
    """Who sends a new name each time is limited too, once there are many."""
    events = Events(str(path), clock)
    for number in range(20 * MOST_KEYS):
        events.tell("refused", module="m", name=f"n{number}", site="a.py:f")

    assert MOST_KEYS <= len(read(path)) <= MOST_KEYS + BURST
    assert len(events._seen) <= MOST_KEYS + 1


def test_long_names_are_not_kept(path, clock):
    """A name of a megabyte is counted by its beginning: hundreds of them leave less than one of them behind."""
    events = Events(str(path), clock)
    tracemalloc.start()
    for number in range(300):
        events.tell("refused", module="m", name=f"{number}" + "x" * 1_000_000, site="a.py:f")
    left, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(read(path)) == 300
    assert left < 1_000_000


def test_what_takes_time_to_find_out_is_asked_for_lines_alone(path, clock):
    """Facts that a function gives are in each line, and nobody asks for them when there is none."""
    events = Events(str(path), clock)
    asked = []

    def also():
        asked.append(1)
        return {"peer": "10.0.0.7"}

    for _ in range(1_000):
        events.tell("refused", also=also, module="os", name="system", site="a.py:f")

    assert [line["peer"] for line in read(path)] == ["10.0.0.7"] * BURST
    assert len(asked) == BURST


def test_a_line_holds_no_control_characters_and_no_long_text(path):
    """Names come from the network: escapes, line ends and megabytes are shown as text, cut."""
    Events(str(path)).tell("refused", module="\x1b[2J\n\u202e", name="x" * 1_000_000)

    text = path.read_text(encoding="ascii")
    assert text.count("\n") == 1
    assert text.isprintable() or text.strip().isprintable()
    assert len(text) < 1_000


def test_what_is_printed_is_escaped():
    """`escaped` gives printable ASCII of a bounded length."""
    assert escaped("\x1b[31m\n\u202eé") == "\\x1b[31m\\n\\u202e\\xe9"
    assert len(escaped("x" * 1_000)) <= 301


def test_the_file_is_for_the_user_alone_and_may_be_rotated(path):
    """A file that is moved away is made anew; it has mode 0600."""
    events = Events(str(path))
    events.tell("one")
    path.rename(path.with_suffix(".old"))
    events.tell("two")

    assert [each["event"] for each in read(path)] == ["two"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_place_to_write_the_program_goes_on(tmp_path, capfd):
    """A folder that is gone sends events to standard error, with guard's name before them."""
    Events(str(tmp_path / "none" / "events.jsonl")).tell("refused", name="x")

    line = capfd.readouterr().err
    assert line.startswith("gnomon guard: {")
    assert json.loads(line.removeprefix("gnomon guard: "))["name"] == "x"


def test_opentelemetry_counts_refusals_where_the_program_uses_it(path):
    """With OpenTelemetry's SDK set up by the program, each refusal counts, and those written mark the current span."""
    from opentelemetry import metrics, trace
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.trace import TracerProvider

    reader = InMemoryMetricReader()
    metrics.set_meter_provider(MeterProvider([reader]))
    trace.set_tracer_provider(TracerProvider())
    assert "opentelemetry.metrics" in sys.modules

    with trace.get_tracer("test").start_as_current_span("request") as span:
        events = Events(str(path))
        for _ in range(100):
            events.tell("refused", outcome="raise", module="os", name="system", site="a.py:f")

    [metric] = reader.get_metrics_data().resource_metrics[0].scope_metrics[0].metrics
    [point] = metric.data.data_points
    assert (metric.name, point.value) == ("gnomon.guard.refused", 100)
    assert dict(point.attributes) == {"site": "a.py:f", "outcome": "raise"}
    assert [event.name for event in span.events] == ["gnomon.guard.refused"] * BURST

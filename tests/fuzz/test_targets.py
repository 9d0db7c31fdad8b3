"""Every parser of untrusted input takes whatever it is given: the fuzz targets, with bounded and repeatable inputs."""

import importlib
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TARGETS = sorted(path.stem for path in Path(__file__).with_name("targets").glob("*.py"))
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="files without a name are Linux's")


@st.composite
def changed(draw, seeds: tuple[bytes, ...]) -> bytes:
    """A seed with pieces cut out, doubled, overwritten, or put in from another."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 64)))
        match draw(st.sampled_from(("cut", "double", "overwrite", "insert", "flip"))):
            case "cut":
                data = data[:start] + data[end:]
            case "double":
                data = data[:end] + data[start:]
            case "overwrite":
                data = data[:start] + draw(st.binary(max_size=8)) + data[end:]
            case "insert":
                other = draw(st.sampled_from(seeds))
                at = draw(st.integers(0, len(other)))
                data = data[:start] + other[at : at + 64] + data[start:]
            case _:
                data = (
                    data[:start]
                    + bytes(byte ^ 1 << draw(st.integers(0, 7)) for byte in data[start : start + 1])
                    + data[start + 1 :]
                )
    return data


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_holds_for_its_seeds(name):
    """Which are real input, so that what is made of them is too."""
    target = importlib.import_module(f"tests.fuzz.targets.{name}")

    assert len(target.SEEDS) > 1
    for seed in target.SEEDS:
        target.once(seed)


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_holds_for_changed_and_for_random_input(name):
    """Whatever was done to it."""
    target = importlib.import_module(f"tests.fuzz.targets.{name}")

    @settings(max_examples=120, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(changed(target.SEEDS) | st.binary(max_size=200))
    def holds(data: bytes) -> None:
        target.once(data)

    holds()

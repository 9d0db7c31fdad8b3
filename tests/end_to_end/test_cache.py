"""The answer of an earlier run, byte for byte what this run would say."""

import pytest

RELEASES = ("llama-stack==0.0.40", "rpyc==6.0.2", "litserve==0.2.6")


@pytest.mark.parametrize("output_format", ["json", "sarif"])
def test_a_kept_answer_prints_the_same_report(gnomon, flawed, output_format):
    """Fresh, kept and asked for again: the same bytes and exit code."""
    options = ("scan", flawed, "--format", output_format, "--all")
    runs = [gnomon(*options, "--no-cache"), gnomon(*options), gnomon(*options)]

    assert len({(run.stdout, run.returncode) for run in runs}) == 1
    assert runs[0].returncode == 1


def test_a_kept_answer_is_held_against_other_thresholds(gnomon, flawed):
    """What is kept is what the engine found, before anything was selected."""
    gnomon("scan", flawed, "--rule", "pickle-from-file")

    assert "handle(pickle.loads(message))" in gnomon("scan", flawed).stdout


def test_a_cache_that_cannot_be_made_changes_nothing(gnomon, flawed, tmp_path):
    """Neither the report nor the exit code, and nothing is said about it."""
    (tmp_path / "blocked").write_text("")
    fresh = gnomon("scan", flawed, "--format", "json")
    blocked = gnomon("scan", flawed, "--format", "json", GNOMON_CACHE_DIR=str(tmp_path / "blocked"))

    assert (blocked.stdout, blocked.stderr, blocked.returncode) == (fresh.stdout, fresh.stderr, fresh.returncode)


@pytest.mark.network
@pytest.mark.parametrize("release", RELEASES)
def test_a_released_package_is_answered_alike_from_the_cache(gnomon, release):
    """Rules that are off by default included."""
    options = ("scan", f"pypi:{release}", "--format", "json", "--all")
    fresh = gnomon(*options, "--no-cache", timeout_s=300)
    first, again = (gnomon(*options, timeout_s=300) for _ in range(2))

    assert fresh.stdout == first.stdout == again.stdout
    assert '"rule"' in fresh.stdout

"""The command itself: version, help, and a page for every rule."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import gnomon as package


def test_the_version_is_printed(gnomon):
    """`gnomon --version` prints the package's version."""
    result = gnomon("--version")

    assert result.returncode == 0
    assert package.__version__ in result.stdout


def test_every_rule_is_explained_offline(gnomon, flawed):
    """`gnomon explain RULE` prints a page for each rule that findings name."""
    answer = json.loads(gnomon("scan", flawed, "--all", "--format", "json").stdout)

    for rule in {finding["rule"] for finding in answer["findings"]}:
        page = gnomon("explain", rule)
        assert page.returncode == 0
        assert rule in page.stdout


def test_an_unknown_rule_names_the_known_ones(gnomon):
    """`gnomon explain` with a wrong id exits with 2 and lists what there is."""
    result = gnomon("explain", "no-such-rule")

    assert result.returncode == 2
    assert "no-such-rule" in result.stderr


@pytest.mark.network
def test_the_sample_in_the_readme_is_what_the_command_prints():
    """README shows the real first finding of a real release."""
    root = Path(__file__).resolve().parents[2]

    result = subprocess.run(
        [sys.executable, root / "tools" / "sample.py", "--check"], capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout + result.stderr
